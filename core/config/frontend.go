package config

// Frontend is what GET /api/v1.0/config/ passes on (settings.md 2.19); keys
// and legacy names (FRONTEND_…) follow that table.
type Frontend struct {
	CustomCSSURL            *string
	Analytics               map[string]any
	Support                 map[string]any
	Feedback                map[string]any
	SilenceLiveKitDebug     bool
	SilentLogin             bool // is_silent_login_enabled, true
	IdleDisconnectDelay     *int // idle_disconnect_warning_delay, ms
	DocumentationURL        *string
	ExternalHomeURL         *string
	UseFrenchGovFooter      bool
	UseProConnectButton     bool
	ManifestLink            *string
	TranscriptionDest       *string
	MaxParticipantsForSound int // 5
	AutoMuteOnJoinThreshold int // 50
}

package config

import (
	"foyer/core/legacy/variables"
	"foyer/sdk/conf"
)

// Frontend is what GET /api/v1.0/config/ passes on (settings.md 2.19).
type Frontend struct {
	CustomCSSURL            *string
	Analytics               map[string]any
	Support                 map[string]any
	Feedback                map[string]any
	SilenceLiveKitDebug     bool // silence_livekit_debug_logs
	SilentLogin             bool // is_silent_login_enabled
	IdleDisconnectDelay     *int // idle_disconnect_warning_delay, ms
	DocumentationURL        *string
	ExternalHomeURL         *string
	UseFrenchGovFooter      bool
	UseProConnectButton     bool
	ManifestLink            *string
	TranscriptionDest       *string // transcription_destination
	MaxParticipantsForSound int
	AutoMuteOnJoinThreshold int
}

func defaultFrontend() Frontend {
	return Frontend{SilentLogin: true, MaxParticipantsForSound: 5, AutoMuteOnJoinThreshold: 50}
}

func (x *Frontend) Fields(f *conf.Fields) {
	f.NullString("custom_css_url", &x.CustomCSSURL, "Extra style sheet.").Legacy("FRONTEND_CUSTOM_CSS_URL")
	f.Map("analytics", &x.Analytics, "Analytics of the frontend: id, host, flags_api_host.").LegacyAs(variables.Mapping, "FRONTEND_ANALYTICS")
	f.Map("support", &x.Support, "Support chat: id, help_article_transcript, help_article_recording, help_article_more_tools.").LegacyAs(variables.Mapping, "FRONTEND_SUPPORT")
	f.Map("feedback", &x.Feedback, "Feedback form: url.").LegacyAs(variables.Mapping, "FRONTEND_FEEDBACK")
	f.Bool("silence_livekit_debug_logs", &x.SilenceLiveKitDebug, "Keep LiveKit's debug lines out of the browser's console.").
		Legacy("FRONTEND_SILENCE_LIVEKIT_DEBUG")
	f.Bool("is_silent_login_enabled", &x.SilentLogin, "Try a sign-in without a page at the first visit.").Legacy("FRONTEND_IS_SILENT_LOGIN_ENABLED")
	f.NullInt("idle_disconnect_warning_delay", &x.IdleDisconnectDelay, "Milliseconds alone in a room before the warning.").
		Legacy("FRONTEND_IDLE_DISCONNECT_WARNING_DELAY").AtLeast(0)
	f.NullString("documentation_url", &x.DocumentationURL, "Menu item with the documentation.").Legacy("FRONTEND_DOCUMENTATION_URL")
	f.NullString("external_home_url", &x.ExternalHomeURL, "Page for visitors who are signed out.").Legacy("FRONTEND_EXTERNAL_HOME_URL")
	f.Bool("use_french_gov_footer", &x.UseFrenchGovFooter, "Show the footer of French public services.").Legacy("FRONTEND_USE_FRENCH_GOV_FOOTER")
	f.Bool("use_proconnect_button", &x.UseProConnectButton, "Show the ProConnect button.").Legacy("FRONTEND_USE_PROCONNECT_BUTTON")
	f.NullString("manifest_link", &x.ManifestLink, "Link on the home page.").Legacy("FRONTEND_MANIFEST_LINK")
	f.NullString("transcription_destination", &x.TranscriptionDest, "Link shown for transcripts.").Legacy("FRONTEND_TRANSCRIPTION_DESTINATION")
	f.Int("max_participants_for_sound", &x.MaxParticipantsForSound, "From this many participants on, no sounds.").
		Legacy("FRONTEND_MAX_PARTICIPANTS_FOR_SOUND").AtLeast(0)
	f.Int("auto_mute_on_join_threshold", &x.AutoMuteOnJoinThreshold, "Above this many participants, join muted.").
		Legacy("FRONTEND_AUTO_MUTE_ON_JOIN_THRESHOLD").AtLeast(0)
}

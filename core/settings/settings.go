package settings

import (
	"log/slog"
	"maps"
	"net/http"
	"sync"

	"foyer/core/config"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Advertiser returns parts of the answer: those of the modules that are on, or of
// a topic of the core that can be switched.
type Advertiser interface {
	Advertise() map[string]any
}

// Settings answers the route.
type Settings struct {
	base  map[string]any
	parts []Advertiser // later ones override earlier ones

	mu     sync.RWMutex
	answer []byte // nil = to be built
}

// New builds what never changes from the configuration, once; parts are asked
// again after Invalidate.
func New(cfg *config.Config, log *slog.Logger, parts ...Advertiser) *Settings {
	return &Settings{base: base(cfg, log), parts: parts}
}

// Routes returns the one route, open to anybody.
func (s *Settings) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: "/api/v1.0/config/", Access: module.Public, Handler: http.HandlerFunc(s.get)}}
}

// Invalidate has the answer rebuilt after a module was switched.
func (s *Settings) Invalidate() {
	s.mu.Lock()
	s.answer = nil
	s.mu.Unlock()
}

func (s *Settings) get(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	b := s.answer
	s.mu.RUnlock()
	if b == nil {
		var err error
		if b, err = s.render(); err != nil {
			reply.Fail(w, r, err)
			return
		}
	}
	reply.Data(w, http.StatusOK, "application/json", b)
}

func (s *Settings) render() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.base
	for _, p := range s.parts {
		all = merge(all, p.Advertise())
	}
	b, err := reply.Encode(all)
	if err == nil {
		s.answer = b
	}
	return b, err
}

// merge overlays over on base, objects key by key, without changing either.
func merge(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for k, v := range over {
		below, okBelow := out[k].(map[string]any)
		above, okAbove := v.(map[string]any)
		if okBelow && okAbove {
			out[k] = merge(below, above)
			continue
		}
		out[k] = v
	}
	return out
}

// base is the answer without modules: a setting of one that is missing or off has
// the value for a feature that is off (core-rest.md 2).
func base(cfg *config.Config, log *slog.Logger) map[string]any {
	f := cfg.Frontend
	return map[string]any{
		"LANGUAGE_CODE": cfg.Users.Language,
		"recording": map[string]any{
			"is_enabled": false, "available_modes": []string{"screen_recording", "transcript"},
			"expiration_days": cfg.Recordings.ExpirationDays, "max_duration": nil,
		},
		"background_image": map[string]any{
			"upload_is_enabled": false, "max_count_by_user": 10, "max_size": 2097152,
			"allowed_extensions": []string{".jpeg", ".jpg", ".png"}, "allowed_mimetypes": []string{"image/jpeg", "image/png"},
		},
		"telephony":   telephony(cfg.Telephony, log),
		"resource":    map[string]any{"default_access_level": cfg.Rooms.DefaultAccessLevel},
		"subtitle":    map[string]any{"enabled": false},
		"diagnostics": map[string]any{"connection_test_enabled": false},
		"livekit": map[string]any{
			"url": orNull(cfg.LiveKit.URL), "force_wss_protocol": cfg.LiveKit.ForceWSS,
			"enable_firefox_proxy_workaround": cfg.LiveKit.FirefoxProxy, "default_sources": orEmpty(cfg.LiveKit.DefaultSources),
		},
		"authenticated_users_can_edit_display_name": cfg.Rooms.EditDisplayName,
		"custom_css_url":                f.CustomCSSURL,
		"analytics":                     orObject(f.Analytics),
		"support":                       orObject(f.Support),
		"feedback":                      orObject(f.Feedback),
		"silence_livekit_debug_logs":    f.SilenceLiveKitDebug,
		"is_silent_login_enabled":       f.SilentLogin,
		"idle_disconnect_warning_delay": f.IdleDisconnectDelay,
		"documentation_url":             f.DocumentationURL,
		"external_home_url":             f.ExternalHomeURL,
		"use_french_gov_footer":         f.UseFrenchGovFooter,
		"use_proconnect_button":         f.UseProConnectButton,
		"manifest_link":                 f.ManifestLink,
		"transcription_destination":     f.TranscriptionDest,
		"max_participants_for_sound":    f.MaxParticipantsForSound,
		"auto_mute_on_join_threshold":   f.AutoMuteOnJoinThreshold,
	}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func orObject(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

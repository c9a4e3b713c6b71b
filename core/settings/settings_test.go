package settings_test

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/settings"
)

type modules map[string]any

func (m modules) Advertise() map[string]any { return m }

func answer(t *testing.T, s *settings.Settings) map[string]any {
	t.Helper()
	w := httptest.NewRecorder()
	s.Routes()[0].Handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1.0/config/", nil))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var m map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &m))
	return m
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestConfig_shows_every_key_of_the_contract_with_its_default(t *testing.T) {
	var want map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{
		"LANGUAGE_CODE": "en-us",
		"recording": {"is_enabled": false, "available_modes": ["screen_recording", "transcript"], "expiration_days": null, "max_duration": null},
		"background_image": {"upload_is_enabled": false, "max_count_by_user": 10, "max_size": 2097152,
			"allowed_extensions": [".jpeg", ".jpg", ".png"], "allowed_mimetypes": ["image/jpeg", "image/png"]},
		"telephony": {"enabled": false},
		"resource": {"default_access_level": "public"},
		"subtitle": {"enabled": false},
		"diagnostics": {"connection_test_enabled": false},
		"livekit": {"url": null, "force_wss_protocol": false, "enable_firefox_proxy_workaround": false,
			"default_sources": ["camera", "microphone", "screen_share", "screen_share_audio"]},
		"authenticated_users_can_edit_display_name": true,
		"custom_css_url": null, "analytics": {}, "support": {}, "feedback": {},
		"silence_livekit_debug_logs": false, "is_silent_login_enabled": true, "idle_disconnect_warning_delay": null,
		"documentation_url": null, "external_home_url": null, "use_french_gov_footer": false,
		"use_proconnect_button": false, "manifest_link": null, "transcription_destination": null,
		"max_participants_for_sound": 5, "auto_mute_on_join_threshold": 50
	}`), &want))
	require.Equal(t, want, answer(t, settings.New(config.Default(), quiet(), modules{})))
}

func TestConfig_merges_what_modules_advertise_and_follows_their_switch(t *testing.T) {
	on := modules{"subtitle": map[string]any{"enabled": true}, "recording": map[string]any{"is_enabled": true}}
	s := settings.New(config.Default(), quiet(), on)
	got := answer(t, s)
	require.Equal(t, map[string]any{"enabled": true}, got["subtitle"])
	require.Equal(t, []any{"screen_recording", "transcript"}, got["recording"].(map[string]any)["available_modes"])
	delete(on, "subtitle")
	s.Invalidate()
	require.Equal(t, map[string]any{"enabled": false}, answer(t, s)["subtitle"])
}

func TestTelephony_reads_numbers_as_the_contract_pins(t *testing.T) {
	type block = map[string]any
	off := block{"enabled": false}
	for _, x := range []struct {
		number, country string
		want            block
	}{
		{"0123456789", "FR", block{"enabled": true, "default_country": "FR", "international_phone_number": "+33 1 23 45 67 89"}},
		{"+33123456789", "US", block{"enabled": true, "default_country": "FR", "international_phone_number": "+33 1 23 45 67 89"}},
		{"2025550123", "US", block{"enabled": true, "default_country": "US", "international_phone_number": "+1 202-555-0123"}},
		{"03012345678", "DE", block{"enabled": true, "default_country": "DE", "international_phone_number": "+49 30 12345678"}},
		{"12", "US", block{"enabled": true, "default_country": nil, "international_phone_number": "+1 12"}},
		{"not-a-number", "US", off},
		{"", "US", off},
		{"2025550123", "", off},
	} {
		cfg := config.Default()
		cfg.Telephony.Enabled, cfg.Telephony.PhoneNumber, cfg.Telephony.DefaultCountry = true, x.number, x.country
		require.Equal(t, x.want, answer(t, settings.New(cfg, quiet(), modules{}))["telephony"], x.number+" "+x.country)
	}
}

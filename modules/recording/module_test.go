package recording_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/modules/recording"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestModule_behaves_in_both_placements(t *testing.T) {
	post := func(path, body string) moduletest.Request {
		return moduletest.Request{Method: http.MethodPost, Path: path, Body: body, Caller: moduletest.Anybody(),
			Header: http.Header{"Content-Type": {"application/json"}}}
	}
	moduletest.Run(t, moduletest.Case{
		New: recording.New, Config: "storage_hook:\n  enabled: true\n  token: s3cret\n", LiveKit: media.server.LiveKit(),
		Requests: []moduletest.Request{
			post("/api/v1.0/rooms/none/start-recording/", startVideo), post("/api/v1.0/rooms/none/start-recording/", `{}`),
			post("/api/v1.0/rooms/none/stop-recording/", ""), post("/api/v1.0/recordings/storage-hook/", `{}`),
		},
	})
}

func decoded(t *testing.T, text string) (module.Module, error) {
	t.Helper()
	m := recording.New()
	if err := conf.Decode("", "", []byte(text), m.Config()); err != nil {
		return m, err
	}
	return m, m.(module.Validator).Validate()
}

func TestAdvertise_tells_clients_what_is_offered(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"": {"is_enabled": true, "available_modes": []any{"screen_recording", "transcript"}, "max_duration": nil},
		"modes: [transcript]\nmax_duration: 90m\n": {"is_enabled": true, "available_modes": []any{"transcript"}, "max_duration": (90 * time.Minute).Milliseconds()},
	} {
		m, err := decoded(t, text)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"recording": want}, m.(module.Advertiser).Advertise())
	}
}

func TestConfig_refuses_what_would_never_work(t *testing.T) {
	for text, want := range map[string]string{
		"modes: []":                    "modes",
		"modes: [video]":               "video",
		"complete_on_end: false":       "complete_on_end",
		"storage_hook:\n  parser: gcs": "gcs",
	} {
		_, err := decoded(t, text)
		require.ErrorContains(t, err, want)
	}
}

func TestStorage_hook_hangs_on_its_own_switch(t *testing.T) {
	for text, on := range map[string]bool{"": false, "storage_hook: {enabled: true}": true} {
		m, err := decoded(t, text)
		require.NoError(t, err)
		require.Equal(t, []module.Switch{{Flag: recording.HookFlag, On: on, Key: "storage_hook.enabled"}}, m.(module.Switcher).Switches())
		require.Len(t, m.Routes(), 3, "a path that falls to no other route")
	}
}

package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestLoad_without_anything_gives_the_defaults(t *testing.T) {
	c, warnings, err := config.Load(config.Source{})
	require.NoError(t, err)
	require.Equal(t, config.Default(), c)
	require.Len(t, warnings, 3) // no sign-in, no LiveKit, no mail
}

func TestLoad_refuses_a_named_file_that_is_missing(t *testing.T) {
	_, _, err := config.Load(config.Source{File: "/nowhere/config.yaml"})
	require.EqualError(t, err, "/nowhere/config.yaml: no such file")
	_, _, err = config.Load(config.Source{File: t.TempDir()})
	require.ErrorContains(t, err, "cannot be read: is a directory")
}

func TestLoad_takes_an_empty_file_as_defaults(t *testing.T) {
	c, _, err := config.Load(config.Source{File: write(t, "empty.yaml", "")})
	require.NoError(t, err)
	require.Equal(t, config.Default(), c)
}

func TestLoad_refuses_a_second_document(t *testing.T) {
	_, _, err := load(t, "http: {}\n---\nhttp: {}\n")
	require.ErrorContains(t, err, ":2: a second document")
}

func TestLoad_lists_all_faults_at_once(t *testing.T) {
	_, _, err := load(t, `
http:
  adr: 127.0.0.1:80
  csrf_trusted_origins: [example.org, "https://*.example.org"]
  trusted_proxies: [10.0.0.0/8, nonsense]
  cors: {allowed_origins: ["https://a.example.org/path"], allowed_origin_regexes: ["("]}
  drain_timeout: soon
database:
  url: mysql://u:hunter2@h/d
  dir: ./data
  dir: ./elsewhere
oidc:
  token_endpoint: https://id.example.org/token
  sign_algo: RS255
  pkce_verifier_size: 12
  client_secret_file: /nowhere/secret
rooms: {default_access_level: open}
users: {language: pt-pt}
telephony: {pin_length: 3}
throttles: {start_subtitle: often, modules: {webhook: 1/s}}
livekit: {api_key: k}
modules:
  captions: {enabled: true, run: thread, agent_nam: x}
  caption: {}
  external:
    - {name: Hello, path: bin/hello, sha256: abc, enabled: true}
    - {name: captions, path: /bin/x, sha256: `+strings.Repeat("ab", 32)+`}
flags: {values: {captions: true}}
telemetry: {metrics_addr: "9464"}
`, "GATEWAY_HTTP__ADR=x", "GATEWAY_HTTP_ADDR=x", "OIDC_TIMEOUT=5s", "GATEWAY_SESSION__LIFETIME=0s",
		"GATEWAY_LIVEKIT__API_SECRET_FILE=/nowhere/livekit", "LIVEKIT_VERIFY_SSL=on", "FRONTEND_SUPPORT={'id': true}", "DJANGO_CONFIGURATION=Prodution")
	var faults conf.Faults
	require.ErrorAs(t, err, &faults)
	for i := range faults {
		if filepath.IsAbs(faults[i].Origin) {
			faults[i].Origin = "config.yaml"
		}
	}
	golden(t, "faults.golden", faults.Error()+"\n")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestLoad_prefers_gateway_over_legacy_over_file_over_default(t *testing.T) {
	file := "oidc: {timeout: 1s}\n"
	cases := []struct {
		name, text string
		environ    []string
		want       time.Duration
	}{
		{"default", "", nil, 5 * time.Second},
		{"file", file, nil, time.Second},
		{"legacy", file, []string{"OIDC_TIMEOUT=2"}, 2 * time.Second},
		{"gateway", file, []string{"GATEWAY_OIDC__TIMEOUT=3s", "OIDC_TIMEOUT=2"}, 3 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, mustLoad(t, c.text, c.environ...).OIDC.Timeout) })
	}
}

func TestLoad_takes_secrets_from_files(t *testing.T) {
	file := write(t, "secret", "from-a-file-of-its-own-32-bytes-!\n")
	for _, environ := range [][]string{
		{"GATEWAY_SECRETS__KEY_FILE=" + file, "DJANGO_SECRET_KEY=another-key-of-32-bytes-or-more-!!"},
		{"DJANGO_SECRET_KEY_FILE=" + file, "DJANGO_SECRET_KEY=another-key-of-32-bytes-or-more-!!"},
	} {
		require.Equal(t, "from-a-file-of-its-own-32-bytes-!", mustLoad(t, "", environ...).Secrets.Key.Reveal())
	}
	require.Equal(t, "from-a-file-of-its-own-32-bytes-!", mustLoad(t, "secrets: {key_file: "+file+"}").Secrets.Key.Reveal())
	windows := write(t, "windows", "from-a-file-of-its-own-32-bytes-!\r\n")
	require.Equal(t, "from-a-file-of-its-own-32-bytes-!", mustLoad(t, "", "GATEWAY_SECRETS__KEY_FILE="+windows).Secrets.Key.Reveal())
	require.Equal(t, "from-a-file-of-its-own-32-bytes-!", mustLoad(t, "secrets: {key_file: "+windows+"}").Secrets.Key.Reveal())
	c := mustLoad(t, "", "LIVEKIT_API_KEY_FILE="+file, "LIVEKIT_API_SECRET=s", "LIVEKIT_URL=ws://127.0.0.1:7880")
	require.Equal(t, "from-a-file-of-its-own-32-bytes-!", c.LiveKit.APIKey)
	_, _, err := load(t, "", "DJANGO_SECRET_KEY_FILE=/nowhere/key")
	require.EqualError(t, err, "DJANGO_SECRET_KEY_FILE: secrets.key: cannot read the value: stat /nowhere/key: no such file or directory")
}

func TestLoad_fills_module_sections(t *testing.T) {
	c := mustLoad(t, "modules: {captions: {agent_name: a, token: hush}}", "ROOM_SUBTITLE_ENABLED=true",
		"GATEWAY_MODULES__CAPTIONS__RUN=process", "GATEWAY_MODULES__CAPTIONS__WAIT=5s")
	s, ok := c.ModuleSection("captions")
	require.True(t, ok)
	require.Equal(t, []any{true, config.RunProcess, ""}, []any{s.Enabled, s.Run, s.Path})
	m := newCaptions()
	require.NoError(t, conf.Decode("", "", s.Raw(), m)) // as the module's process does
	require.Equal(t, &captions{"a", 5 * time.Second, conf.NewSecret("hush")}, m)
	require.Equal(t, map[flags.Key]bool{"captions": true, "connection_test": false, "api_docs": true}, c.FlagValues())

	// A reload without the key restores its default, in the same instance.
	s, _ = mustLoad(t, "").ModuleSection("captions")
	require.NoError(t, s.Decode(m))
	require.Equal(t, newCaptions(), m)
	_, ok = c.ModuleSection("nobody")
	require.False(t, ok)
}

func TestLoad_asks_modules_that_are_on(t *testing.T) {
	_, _, err := load(t, "modules:\n  captions: {enabled: true, agent_name: ''}")
	require.ErrorContains(t, err, "config.yaml:2: modules.captions.agent_name: must be given")
	require.ErrorContains(t, err, "config.yaml:2: modules.captions.token: is useless so")
	_, _, err = load(t, "modules:\n  captions:\n    enabled: true\n    agent_name: ''\n")
	require.ErrorContains(t, err, "config.yaml:4: modules.captions.agent_name: must be given")
	_, _, err = load(t, "", "GATEWAY_MODULES__CAPTIONS__ENABLED=true", "ROOM_SUBTITLE_AGENT_NAME=")
	require.ErrorContains(t, err, "ROOM_SUBTITLE_AGENT_NAME: modules.captions.agent_name: must be given")
	mustLoad(t, "modules: {captions: {enabled: false, agent_name: ''}}")
}

type named struct {
	*captions
	name string
}

func (n named) Name() string { return n.name }

type greedy struct{ *captions }

func (greedy) Config() conf.Section {
	on := false
	return conf.Group(func(f *conf.Fields) { f.Bool("enabled", &on, "Mine.") })
}

func TestLoad_refuses_modules_that_are_declared_badly(t *testing.T) {
	for name, list := range map[string][]module.Module{
		"two modules have this name": {newCaptions(), newCaptions()},
		"is not a name for a module": {named{newCaptions(), "Bad Name"}},
		`declares the key "enabled"`: {greedy{newCaptions()}},
	} {
		_, _, err := config.Load(config.Source{Modules: func() []module.Module { return list }})
		require.ErrorContains(t, err, name)
	}
}

func TestConfig_shows_no_secret(t *testing.T) {
	c := mustLoad(t, "modules: {external: [{name: h, path: /h, sha256: "+strings.Repeat("ab", 32)+", config: {token: hunter2}}], captions: {token: hunter2}}",
		"LIVEKIT_API_KEY=k", "LIVEKIT_API_SECRET=hunter2", "LIVEKIT_URL=ws://l", "DATABASE_URL=postgres://u:hunter2@h/d")
	for _, s := range c.ModuleSections() {
		require.NotContains(t, fmtAll(s), "hunter2")
		require.Contains(t, string(s.Raw()), "hunter2")
	}
	require.NotContains(t, fmtAll(*c), "hunter2")
}

func TestLoad_has_one_place_for_the_API_documents(t *testing.T) {
	require.False(t, mustLoad(t, "http: {api_docs: false}").FlagValues()[flags.APIDocs])
	_, _, err := load(t, "flags: {values: {api_docs: false}}")
	require.ErrorContains(t, err, "flags.values: api_docs is a setting: set http.api_docs")
}

func TestLoad_passes_on_what_modules_that_are_on_warn_of(t *testing.T) {
	for text, want := range map[string]bool{
		"modules: {captions: {enabled: true, wait: 0s}}": true, "modules: {captions: {enabled: true}}": false, "modules: {captions: {wait: 0s}}": false,
	} {
		_, warnings, err := load(t, text)
		require.NoError(t, err)
		const warning = "modules.captions.wait: nobody is waited for"
		require.Equal(t, want, strings.Contains(fmtAll(warnings), warning), text)
	}
}

// LiveKit's SIP service hangs up at the 17th digit.
func TestLoad_refuses_PINs_that_nobody_can_dial(t *testing.T) {
	for length, fault := range map[string]string{
		"4": "", "16": "", "17": "17 is more than 16", "255": "255 is more than 16", "3": "3 is less than 4",
	} {
		for origin, load := range map[string]func() error{
			"config.yaml:1": func() error {
				_, _, err := load(t, "telephony: {enabled: true, pin_length: "+length+"}")
				return err
			},
			"ROOM_TELEPHONY_PIN_LENGTH": func() error {
				_, _, err := load(t, "", "ROOM_TELEPHONY_ENABLED=true", "ROOM_TELEPHONY_PIN_LENGTH="+length)
				return err
			},
		} {
			err := load()
			if fault == "" {
				require.NoError(t, err)
				continue
			}
			require.ErrorContains(t, err, origin)
			require.ErrorContains(t, err, fault)
		}
	}
}

// No PINs are given out then, so an old environment starts.
func TestLoad_warns_of_PINs_that_nobody_can_dial_while_telephony_is_off(t *testing.T) {
	for length, want := range map[string]bool{"16": false, "17": true, "255": true} {
		_, warnings, err := load(t, "", "ROOM_TELEPHONY_PIN_LENGTH="+length)
		require.NoError(t, err)
		require.Equal(t, want, strings.Contains(fmtAll(warnings), length+" is more than 16"), "%s: %v", length, warnings)
	}
}

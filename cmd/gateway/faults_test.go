package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfiguration_faults_name_key_and_line_and_nothing_starts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		file    string
		environ []string
		want    []string
	}{
		"duplicated key":          {"http:\n  addr: a:1\n  addr: b:2\n", nil, []string{"config.yaml:3: http.addr: "}},
		"unknown key":             {"http:\n  adr: a:1\n", nil, []string{`config.yaml:2: http.adr: unknown key (did you mean "addr"?)`}},
		"bad duration":            {"oidc:\n\n  timeout: soon\n", nil, []string{"config.yaml:3: oidc.timeout: "}},
		"missing secret file":     {"secrets:\n  key_file: /nowhere/key\n", nil, []string{"config.yaml:2: secrets.key_file: ", "/nowhere/key"}},
		"missing secret variable": {"", []string{"OIDC_RP_CLIENT_SECRET_FILE=/nowhere/s"}, []string{"OIDC_RP_CLIENT_SECRET_FILE: oidc.client_secret: ", "/nowhere/s"}},
		"unknown variable":        {"", []string{"GATEWAY_HTTP__ADDDR=a:1"}, []string{"GATEWAY_HTTP__ADDDR: unknown variable (did you mean GATEWAY_HTTP__ADDR?)"}},
		"missing version file":    {"http:\n  version_file: /nowhere/v\n", nil, []string{"config.yaml:2: http.version_file: ", "/nowhere/v"}},
		"several": {"http: {adr: a:1}\noidc: {timeout: soon}\n", []string{"GATEWAY_NOPE=1", "LIVEKIT_API_SECRET_FILE=/nowhere/l"}, []string{
			"config.yaml:1: http.adr: ", "config.yaml:2: oidc.timeout: ", "GATEWAY_NOPE: unknown variable",
			"LIVEKIT_API_SECRET_FILE: livekit.api_secret: ",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"serve", "check-config", "migrate"} {
				dir := t.TempDir()
				if c.file != "" {
					write(t, dir, "config.yaml", "%s", c.file)
				}
				o := gateway(t, dir, c.environ, command)
				require.Equal(t, 2, o.code, o.errors)
				require.Empty(t, o.out)
				for _, want := range c.want {
					require.Contains(t, o.errors, want)
				}
				require.Equal(t, 1, strings.Count(o.errors, "cannot be used"), o.errors)
				require.NotContains(t, o.errors, "goroutine")
				once(t, o.errors)
				require.NoDirExists(t, filepath.Join(dir, "data"))
			}
		})
	}
}

// once requires every line to occur exactly once.
func once(t *testing.T, text string) {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		require.False(t, seen[line], "twice: %s", line)
		seen[line] = true
	}
}

func TestConfiguration_that_is_named_must_exist(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"serve", "check-config", "migrate"} {
		o := gateway(t, t.TempDir(), nil, command, "--config", "other.yaml")
		require.Equal(t, outcome{2, "", "the configuration cannot be used:\nother.yaml: no such file\n"}, o)
	}
}

func TestServe_refuses_an_address_in_use(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for variable, key := range map[string]string{
		"GATEWAY_HTTP__ADDR": "http.addr", "GATEWAY_TELEMETRY__METRICS_ADDR": "telemetry.metrics_addr",
	} {
		t.Run(key, func(t *testing.T) {
			dir := t.TempDir()
			o := gateway(t, dir, []string{variable + "=" + taken.Addr().String()}, "serve")
			require.Equal(t, 2, o.code, o.errors)
			require.Contains(t, o.errors, taken.Addr().String()+" ("+key+")")
			require.Contains(t, o.errors, "address already in use")
			require.NoDirExists(t, filepath.Join(dir, "data"))
		})
	}
}

func TestServe_refuses_a_folder_that_it_cannot_use(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "data", "a file")
	o := gateway(t, dir, nil, "serve")
	require.Equal(t, 2, o.code, o.errors)
	require.Contains(t, o.errors, "data")
	text, err := os.ReadFile(filepath.Join(dir, "data"))
	require.NoError(t, err)
	require.Equal(t, "a file", string(text))
}

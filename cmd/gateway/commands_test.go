package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommands_that_do_not_exist_are_answered_with_a_hint(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"srve":         "unknown command \"srve\" for \"gateway\"\n\nDid you mean this?\n\tserve\n\nSee 'gateway --help'.\n",
		"--nope":       "unknown flag: --nope\nSee 'gateway --help'.\n",
		"serve --nope": "unknown flag: --nope\nSee 'gateway serve --help'.\n",
		"serve now":    "unknown command \"now\" for \"gateway serve\"\nSee 'gateway serve --help'.\n",
		"module":       "say \"list\" or the name of one built-in module\nSee 'gateway module --help'.\n",
		"module nope":  "no built-in module is named \"nope\": 'gateway module list' names them\nSee 'gateway module --help'.\n",
	} {
		t.Run(args, func(t *testing.T) {
			require.Equal(t, outcome{2, "", want}, gateway(t, t.TempDir(), nil, strings.Fields(args)...))
		})
	}
}

func TestCommands_explain_themselves(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"", "--help", "help"} {
		o := gateway(t, t.TempDir(), nil, strings.Fields(args)...)
		require.Zero(t, o.code)
		require.Empty(t, o.errors)
		for _, name := range []string{"serve", "migrate", "backup", "check-config", "module", "app", "version", "--config"} {
			require.Contains(t, o.out, name)
		}
	}
}

func TestVersion_tells_version_commit_and_Go(t *testing.T) {
	t.Parallel()
	o := gateway(t, t.TempDir(), nil, "version")
	require.Zero(t, o.code)
	require.Regexp(t, `^foyer \S+ \(commit ([0-9a-f]{40}( with changes)?|unknown), go1\.\d+\S*\)\n$`, o.out)
	require.Empty(t, o.errors)
}

func TestCheckConfig_of_a_good_configuration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := gateway(t, dir, nil, "check-config")
	require.Zero(t, o.code)
	require.Equal(t, "configuration is valid (no file, defaults and environment)\n", o.out)
	require.Equal(t, "warning: oidc.issuer: not set: nobody can sign in\nwarning: livekit.api_key: not set: nobody can join a meeting\n"+
		"warning: mail.host: not set: no mail is sent, and invitations are refused\n", o.errors)

	write(t, dir, "config.yaml", "modules: {subtitles: {enabled: true}}\n")
	o = gateway(t, dir, withMedia, "check-config")
	require.Zero(t, o.code, o.errors)
	require.Equal(t, "configuration is valid (config.yaml)\n", o.out)
}

func TestCheckConfig_prints_the_addresses_to_enter_elsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "config.yaml", "http: {public_url: 'https://meet.example.org'}\nmodules: {summary: {enabled: true, endpoint: 'https://s.example.org/api/v2/', api_token: t, webhook_api_token: h}}\n")
	o := gateway(t, dir, withMedia, "check-config")
	require.Zero(t, o.code, o.errors)
	for _, want := range []string{
		"https://meet.example.org/api/v1.0/callback/\n", "https://meet.example.org/api/v1.0/logout-callback/\n",
		"https://meet.example.org/api/v1.0/backchannel-logout/\n", "https://meet.example.org/api/v1.0/rooms/webhooks-livekit/\n",
		"https://meet.example.org/api/v1.0/recordings/external-process-hook/\n",
	} {
		require.Contains(t, o.out, want)
	}
	require.NotContains(t, o.out, "storage-hook", "it is off")
	require.NotContains(t, o.out, "egress", "so are recordings")

	write(t, dir, "config.yaml", "http: {public_url: 'https://meet.example.org'}\nmodules: {recording: {enabled: true}}\n")
	o = gateway(t, dir, withMedia, "check-config")
	require.Zero(t, o.code, o.errors)
	require.Contains(t, o.out, "not checked here: whether LiveKit has an egress worker")
}

func TestModuleList_tells_what_is_on_and_where_it_runs(t *testing.T) {
	t.Parallel()
	// Column widths depend on the names of all modules.
	list := func(dir string, environ []string) string {
		o := gateway(t, dir, environ, "module", "list")
		require.Zero(t, o.code, o.errors)
		require.Empty(t, o.errors)
		return regexp.MustCompile(` +`).ReplaceAllString(o.out, " ")
	}
	dir := t.TempDir()
	require.True(t, strings.HasPrefix(list(dir, nil), "NAME ENABLED RUNS BINARY\n"))
	require.Contains(t, list(dir, nil), "\nsubtitles false inprocess built in\n")

	write(t, dir, "config.yaml", "modules:\n  subtitles: {enabled: true, run: process}\n  external:\n    - {name: hello, path: /opt/hello, sha256: '%064d'}\n", 0)
	require.Contains(t, list(dir, withMedia), "\nsubtitles true process built in\n")
	require.True(t, strings.HasSuffix(list(dir, withMedia), "\nhello false process /opt/hello\n"))
}

func TestModule_is_not_started_by_hand(t *testing.T) {
	t.Parallel()
	o := gateway(t, t.TempDir(), nil, "module", "subtitles")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.errors, "gateway")
	require.NotContains(t, o.errors, "goroutine")
}

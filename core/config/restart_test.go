package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNeedRestart_names_what_is_read_at_start_only(t *testing.T) {
	const text = `http: {addr: "127.0.0.1:8080", api_docs: true}
livekit: {url: "ws://l", api_key: k, api_secret: one}
flags: {values: {hello_rooms: true}}
modules:
  captions: {enabled: true, token: t, agent_name: a}
  external: [{name: h, path: /h, sha256: SUM, config: {greeting: x}}]
`
	first := strings.ReplaceAll(text, "SUM", strings.Repeat("ab", 32))
	for change, want := range map[string][]string{
		"": nil, "hello_rooms: true>hello_rooms: false": nil, "captions: {enabled: true>captions: {enabled: false": nil,
		"api_docs: true>api_docs: false":                   nil,
		"8080>8081":                                        {"http.addr"},
		"api_secret: one>api_secret: two":                  {"livekit.api_secret"},
		"agent_name: a>agent_name: b":                      {"modules.captions.agent_name"},
		"greeting: x>greeting: y":                          {"modules.external"},
		"flags: {>telemetry: {log_level: debug}\nflags: {": {"telemetry.log_level"},
	} {
		from, to, _ := strings.Cut(change, ">")
		got := mustLoad(t, first).NeedRestart(mustLoad(t, strings.Replace(first, from, to, 1)))
		require.Equal(t, want, got, change)
	}
}

func TestNeedRestart_says_nothing_of_a_key_that_was_generated(t *testing.T) {
	text := "database: {dir: " + t.TempDir() + "}\n"
	running := mustLoad(t, text)
	_, err := running.EnsureSecrets()
	require.NoError(t, err)
	require.Empty(t, running.NeedRestart(mustLoad(t, text)))
	keyed := text + "secrets: {key: 0123456789abcdef0123456789abcdef}\n"
	require.Equal(t, []string{"secrets.key"}, running.NeedRestart(mustLoad(t, keyed)))
	require.Equal(t, []string{"secrets.key"}, mustLoad(t, keyed).NeedRestart(mustLoad(t, text)))
}

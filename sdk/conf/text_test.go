package conf_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
)

func TestSetText_reads_the_environments_form(t *testing.T) {
	cases := []struct {
		key, text string
		got       func(*sample) any
		want      any
	}{
		{"name", " x ", func(s *sample) any { return s.Name }, " x "},
		{"link", "", func(s *sample) any { return *s.Link }, ""},
		{"key", "k", func(s *sample) any { return s.Key.Reveal() }, "k"},
		{"on", " YES", func(s *sample) any { return s.On }, true},
		{"count", " 7 ", func(s *sample) any { return s.Count }, 7},
		{"delay", "1_000", func(s *sample) any { return *s.Delay }, 1000},
		{"ratio", "0.5", func(s *sample) any { return s.Ratio }, 0.5},
		{"wait", "6h", func(s *sample) any { return s.Wait }, 6 * time.Hour},
		{"limit", "1kB", func(s *sample) any { return s.Limit }, int64(1000)},
		{"hosts", "a, b,,c ", func(s *sample) any { return s.Hosts }, []string{"a", "b", "c"}},
		{"hosts", "", func(s *sample) any { return s.Hosts }, []string{}},
		{"hosts", `["a", "b"]`, func(s *sample) any { return s.Hosts }, []string{"a", "b"}},
		{"hosts", `[a-z]+,[0-9]`, func(s *sample) any { return s.Hosts }, []string{"[a-z]+", "[0-9]"}},
		{"free", "{a: [1]}", func(s *sample) any { return s.Free }, map[string]any{"a": []any{int64(1)}}},
		{"flags", "{a: true}", func(s *sample) any { return s.Flags }, map[string]bool{"a": true}},
		{"pairs", "[{key: a, secret: b}]", func(s *sample) any { return s.Pairs }, []pair{{"a", conf.NewSecret("b")}}},
	}
	for _, c := range cases {
		t.Run(c.key+"="+c.text, func(t *testing.T) {
			s := newSample()
			require.NoError(t, field(s, c.key).SetText(c.text))
			require.Equal(t, c.want, c.got(s))
		})
	}
}

func TestSetText_refuses_what_does_not_fit(t *testing.T) {
	for key, text := range map[string]string{
		"on": "on", "count": "", "delay": "x", "ratio": "inf", "wait": "90", "limit": "-1", "colour": "blue", "free": "[a]",
		"flags": "{a: 1}", "pairs": "{a: b}", "name": "\xff", "inner": "x",
	} {
		t.Run(key, func(t *testing.T) { require.Error(t, field(newSample(), key).SetText(text)) })
	}
}

func TestSetLegacy_reads_the_replaced_servers_form(t *testing.T) {
	s := newSample()
	require.NoError(t, field(s, "wait").SetLegacy("43200"))
	require.Equal(t, 12*time.Hour, s.Wait)
	require.NoError(t, field(s, "wait").LegacyUnit(time.Millisecond).SetLegacy(" 1_500 "))
	require.Equal(t, 1500*time.Millisecond, s.Wait)
	s.On = true
	require.NoError(t, field(s, "on").SetLegacy(""))
	require.False(t, s.On)
	upper := func(text string) (string, error) { return strings.ToUpper(text), nil }
	require.NoError(t, field(s, "hosts").LegacyAs(upper).SetLegacy("a,b"))
	require.Equal(t, []string{"A", "B"}, s.Hosts)
}

func TestSetLegacy_refuses_what_the_replaced_server_refused(t *testing.T) {
	cases := []struct{ key, text string }{
		{"wait", "12h"}, {"wait", "-1"}, {"wait", ""}, {"wait", "9999999999999"}, {"count", "1.0"}, {"count", "_1"}, {"on", "off"},
	}
	for _, c := range cases {
		t.Run(c.key+"="+c.text, func(t *testing.T) { require.Error(t, field(newSample(), c.key).SetLegacy(c.text)) })
	}
	require.Error(t, field(newSample(), "key").LegacyNotEmpty().SetLegacy(""))
	refuse := func(string) (string, error) { return "", errors.New("no") }
	require.EqualError(t, field(newSample(), "hosts").LegacyAs(refuse).SetLegacy("a"), "no")
}

func TestNearest_suggests_only_what_is_near(t *testing.T) {
	for word, want := range map[string]string{"adr": "addr", "address": "", "timeuot": "timeout", "addr": "", "x": "", "timeo": "timeout", "time": ""} {
		require.Equal(t, want, conf.Nearest(word, []string{"addr", "timeout", "url"}), word)
	}
}

func TestDefault_shows_no_secret(t *testing.T) {
	s := newSample()
	require.Equal(t, `""`, field(s, "key").Default())
	s.Key = conf.NewSecret("hidden")
	require.NotContains(t, field(s, "key").Default(), "hidden")
}

func FuzzSetLegacy(f *testing.F) {
	for _, s := range []string{"", "{'a': 1}", "{'a': [True, None, -1.5], \"b\": ('x',)}", "{'\\n\\x41\\u00e9': '\\q'}", "[\"a\",\"b\"]", "a,b;c,d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, key := range []string{"free", "hosts", "wait", "on", "count", "limit", "pairs", "extra"} {
			s := newSample()
			if field(s, key).SetLegacy(text) != nil {
				continue
			}
			out, err := conf.Encode(s)
			require.NoError(t, err)
			require.NoError(t, conf.Decode("", "", out, newSample()), "%s", out)
		}
	})
}

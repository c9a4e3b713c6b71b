package variables_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/legacy/variables"
	"foyer/sdk/conf"
)

// free is a section with one mapping, like the settings that used to be Python literals.
type free struct{ m map[string]any }

func (s *free) Fields(f *conf.Fields) {
	f.Map("free", &s.m, "A mapping.").LegacyAs(variables.Mapping, "FREE")
}

func read(text string) (map[string]any, error) {
	s := &free{m: map[string]any{"before": true}}
	err := conf.Bind(s)[0].SetLegacy(text)
	return s.m, err
}

func TestMapping_reads_Python_literals(t *testing.T) {
	for text, want := range map[string]map[string]any{
		`{'a': "b", 'n': [1, 2.5, True, None], 't': (-1, '\'',), 'd': {}}`: {
			"a": "b", "n": []any{int64(1), 2.5, true, nil}, "t": []any{int64(-1), "'"}, "d": map[string]any{},
		},
		" ":                       {},
		"{'a': 1, 'a': 2}":        {"a": int64(2)}, // the last one wins
		`{'a': '\n\x41\u00e9\q'}`: {"a": "\nAé\\q"},
		`{'a': 'true', 'b': '1', 'c': 'null', 'd': '', 'e': '~'}`: {"a": "true", "b": "1", "c": "null", "d": "", "e": "~"},
		`{'a: b': '{x}, [y] # z', '- c': "it's: \"d\""}`:          {"a: b": "{x}, [y] # z", "- c": `it's: "d"`},
		"{'n': 1_000}": {"n": int64(1000)},
	} {
		got, err := read(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestMapping_refuses_what_Python_would(t *testing.T) {
	for _, text := range []string{
		"{'a': true}", "[1]", "{'a': 1", "{1: 2}", "{'a': 1} x", "{'a' 1}", "{'a: 1}", "{,}", "{'n': _1}", "{'n': 1__0}",
	} {
		_, err := variables.Mapping(text)
		require.ErrorContains(t, err, "is not a Python mapping", text)
	}
}

func TestKeys_and_Codes_keep_the_order(t *testing.T) {
	keys, err := variables.Keys("{'b': 1, 'a': {'c': 2}}")
	require.NoError(t, err)
	require.Equal(t, "b,a", keys)
	_, err = variables.Keys("b,a")
	require.Error(t, err)
	codes, err := variables.Codes("en-us,English; fr-fr ,French;")
	require.NoError(t, err)
	require.Equal(t, "en-us,fr-fr", codes)
	for _, bad := range []string{"English", ",English", "en,English,British"} {
		_, err = variables.Codes(bad)
		require.Error(t, err, bad)
	}
}

// Whatever is read as a mapping is also a mapping in the configuration.
func FuzzMapping(f *testing.F) {
	for _, s := range []string{"", "{'a': 1}", "{'a': [True, None, -1.5], \"b\": ('x',)}", "{'\\n\\x41\\u00e9': '\\q'}", "{'a': '\x00\u2028'}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := variables.Mapping(text); err != nil {
			return
		}
		got, err := read(text)
		if err != nil {
			return // such as text that no file can contain
		}
		s := &free{m: got}
		out, err := conf.Encode(s)
		require.NoError(t, err)
		require.NoError(t, conf.Decode("", "", out, &free{}), "%s", out)
	})
}

package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
)

func TestExample_is_a_file_that_gives_the_defaults(t *testing.T) {
	text, err := config.Example(modules())
	require.NoError(t, err)
	golden(t, "example.golden.yaml", string(text))

	c := mustLoad(t, string(text))
	want := mustLoad(t, "")
	got, err := conf.Encode(c)
	require.NoError(t, err)
	expected, err := conf.Encode(want)
	require.NoError(t, err)
	require.Equal(t, string(expected), string(got))
}

func TestExample_tells_every_key_and_legacy_name(t *testing.T) {
	text, err := config.Example(modules())
	require.NoError(t, err)
	reference, err := config.Reference(modules())
	require.NoError(t, err)
	golden(t, "reference.golden.md", string(reference))
	var walk func(s conf.Section)
	walk = func(s conf.Section) {
		for _, f := range conf.Bind(s) {
			require.NotEmpty(t, f.Doc, f.Key)
			require.Contains(t, string(text), f.Key+":")
			require.Contains(t, string(reference), f.Key)
			for _, name := range f.Env {
				require.Contains(t, string(text), name)
				require.Contains(t, string(reference), name)
			}
			if f.Group != nil {
				walk(f.Group)
			}
		}
	}
	walk(config.Default())
	require.Contains(t, string(reference), "GATEWAY_MODULES__CAPTIONS__AGENT_NAME")
}

// The replaced server's variables for the existing sections; a name forgotten in a
// section shows up here.
func TestLegacy_names_are_all_declared(t *testing.T) {
	text, err := config.Example(modules())
	require.NoError(t, err)
	names, err := os.ReadFile("testdata/legacy-names.txt")
	require.NoError(t, err)
	for name := range strings.FieldsSeq(string(names)) {
		require.Regexp(t, `\b`+name+`\b`, string(text))
	}
}

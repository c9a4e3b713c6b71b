package main

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

//go:generate go test . -run TestGenerated -update

var update = flag.Bool("update", false, "rewrite the generated files instead of comparing them")

const exampleFile = "../../config.example.yaml"

func TestGenerated_files_are_as_the_declarations_say(t *testing.T) {
	t.Parallel()
	for name, generate := range map[string]func([]module.Module) ([]byte, error){
		exampleFile:                   config.Example,
		"../../docs/configuration.md": config.Reference,
	} {
		want, err := generate(builtin())
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(name, want, 0o644))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "run 'make generate'")
	}
}

func TestGenerated_example_gives_the_defaults(t *testing.T) {
	t.Parallel()
	settings := func(file string) (string, []config.ModuleSection) {
		c, warnings, err := config.Load(config.Source{File: file, Modules: builtin})
		require.NoError(t, err)
		require.Len(t, warnings, 3) // sign-in, media server and mail are missing
		text, err := conf.Encode(c)
		require.NoError(t, err)
		return string(text), c.ModuleSections()
	}
	got, gotModules := settings(exampleFile)
	want, wantModules := settings("")
	require.Equal(t, want, got)
	require.Equal(t, wantModules, gotModules)
}

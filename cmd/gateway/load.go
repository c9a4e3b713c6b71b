package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
)

// defaultFile is read if it exists and --config names no other file.
const defaultFile = "config.yaml"

func (in *invocation) source() (config.Source, error) {
	src := config.Source{File: in.file, Environ: in.environ, Modules: builtin}
	if src.File != "" {
		return src, nil
	}
	switch _, err := os.Stat(defaultFile); {
	case err == nil:
		src.File = defaultFile
	case !errors.Is(err, fs.ErrNotExist):
		return src, fmt.Errorf("look for %s: %w", defaultFile, err)
	}
	return src, nil
}

// load reads the configuration. Its error is meant for people, one fault per line.
func (in *invocation) load() (*config.Config, config.Source, []config.Warning, error) {
	src, err := in.source()
	if err != nil {
		return nil, src, nil, err
	}
	cfg, warnings, err := config.Load(src)
	if err != nil { // with faults in it, many of its warnings would be wrong
		return nil, src, nil, fmt.Errorf("%w:\n%w", core.ErrUnusable, err)
	}
	return cfg, src, warnings, nil
}

// present returns an error if there is no database: commands that manage one must not
// create it in a folder that was named by mistake.
func present(cfg config.Database) error {
	file := store.File(cfg)
	if file == "" {
		return nil
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("there is no database at %s: name the configuration with --config, or make one with 'gateway migrate'", file)
	}
	return nil
}

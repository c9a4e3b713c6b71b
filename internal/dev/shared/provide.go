package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"foyer/core/filelock"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/pgdev"
)

// template is the name of the migrated PostgreSQL database.
const template = "foyer_migrated"

// provide prepares what the tests share and returns the environment that tells them. end
// takes it away again, whether there is an error or not.
func provide(ctx context.Context) (environ []string, end func() error, err error) {
	var ends []func() error
	end = func() error {
		var errs []error
		for _, e := range slices.Backward(ends) {
			errs = append(errs, e())
		}
		return errors.Join(errs...)
	}
	dir, leave, err := folder()
	if err != nil {
		return nil, end, err
	}
	ends = append(ends, leave)
	if err := migrated.SQLite(ctx, dir); err != nil {
		return nil, end, err
	}
	environ = append(environ, migrated.File+"="+filepath.Join(dir, "foyer.db"))
	if os.Getenv(pgdev.Variable) != "" {
		return environ, end, nil
	}
	s, err := pgdev.Start()
	if err != nil {
		return nil, end, err
	}
	ends = append(ends, s.Stop)
	sockets := filepath.Join(dir, "pg")
	if err := os.Symlink(s.Dir(), sockets); err != nil {
		return nil, end, err
	}
	err = s.Template(ctx, template, func(url string) error { return migrated.Postgres(ctx, url) })
	return append(environ, pgdev.Variable+"="+pgdev.Address(sockets), migrated.Template+"="+template), end, err
}

// folder makes a folder whose name is the same in every run, because go test repeats a
// package's tests if the environment that they read has changed. A second run at the same
// time gets a name of its own.
func folder() (dir string, leave func() error, err error) {
	here, err := os.Getwd()
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256([]byte(here))
	dir = filepath.Join(os.TempDir(), fmt.Sprintf("foyer-test-%x", sum[:6]))
	release, err := filelock.Try(dir + ".lock")
	if errors.Is(err, filelock.ErrHeld) {
		release = func() {}
		dir, err = os.MkdirTemp("", "foyer-test-")
	}
	if err == nil { // the servers' user looks in
		err = errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)) //nolint:gosec // nothing in it is secret
	}
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the tests: %w", err)
	}
	return dir, func() error {
		defer release()
		return os.RemoveAll(dir)
	}, nil
}

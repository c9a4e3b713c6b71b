package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotEmbedded is about a PostgreSQL database, which has tools of its own.
var ErrNotEmbedded = errors.New("the database is PostgreSQL's")

// Backup writes a copy of a SQLite database to a file that must not be there
// yet, while others go on reading and writing. The copy is the database at one
// moment, what is in the log included, and needs no log of its own; it is
// readable by its owner only. The file appears once all of it is on the disk. A
// process that is killed meanwhile leaves NAME.*.part. ErrNotEmbedded on
// PostgreSQL.
//
// The log cannot begin anew meanwhile, and grows by what is written.
func (s *Store) Backup(ctx context.Context, name string) (err error) {
	if s.pool != nil {
		return ErrNotEmbedded
	}
	name, err = filepath.Abs(name) // SQLite takes "file:x" for an address
	if err != nil {
		return err
	}
	if err := absent(name); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		// After a success there is nothing left by these names.
		for _, left := range []string{part.Name(), part.Name() + "-journal"} {
			if e := os.Remove(left); !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	defer func() { err = errors.Join(err, part.Close()) }()
	if _, err := s.reader.ExecContext(ctx, `VACUUM INTO $1`, part.Name()); err != nil {
		return fmt.Errorf("copy %s: %w", s.file, errors.Join(context.Cause(ctx), err))
	}
	if err := part.Sync(); err != nil {
		return fmt.Errorf("bring the copy to the disk: %w", err)
	}
	return publish(part.Name(), name)
}

func absent(name string) error {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s: %w, and nothing is overwritten", name, fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// publish gives a finished file its name, unless somebody else has it, and
// brings that to the disk.
func publish(part, name string) error {
	err := os.Link(part, name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// The file system has no links: the name is taken first.
		var taken *os.File
		if taken, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil { //nolint:gosec // the operator's choice
			err = errors.Join(taken.Close(), os.Rename(part, name))
		}
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

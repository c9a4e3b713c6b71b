package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotEmbedded means that the database is PostgreSQL, which has tools of its
// own.
var ErrNotEmbedded = errors.New("the database is PostgreSQL's")

// Backup writes a copy of a SQLite database to a file that must not exist yet,
// while others go on reading and writing. The copy is the database at one moment,
// including what is in the log, and needs no log of its own; only its owner can
// read it. The file appears once all of it is on disk. If the process is killed
// before that, NAME.*.part is left behind. ErrNotEmbedded on PostgreSQL.
//
// Until it is done the log cannot start over, and grows with every write.
func (s *Store) Backup(ctx context.Context, name string) (err error) {
	if s.pool != nil {
		return ErrNotEmbedded
	}
	name, err = filepath.Abs(name) // SQLite takes "file:x" for a URI
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
		// After a success nothing is left under these names.
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

// publish gives a finished file its name, unless the name is taken, and flushes
// that to disk.
func publish(part, name string) error {
	err := os.Link(part, name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// The file system has no hard links: claim the name first.
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

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"foyer/core/filelock"
)

// ErrServed means that another gateway has claimed the SQLite file.
var ErrServed = errors.New("another gateway serves from it")

// ForServing makes Open claim a SQLite file for this process, against all others
// that serve from it: the queue wakes up only for jobs of its own process (ADR
// 25), and limits and the lobby count within one process too. Open waits up to
// patience for a gateway that is about to end; then it fails with ErrServed. The
// claim ends with Close, or with the process, however that ends.
//
// Commands run alongside a gateway need no claim. Neither does PostgreSQL:
// replicas share it.
func ForServing(patience time.Duration) Option {
	return func(s *Store) { s.serves, s.patience = true, patience }
}

// claim waits until nobody else serves from the file. The lock is on a file next
// to it, which stays when another database is put in its place.
func (s *Store) claim(ctx context.Context) error {
	if !s.serves {
		return nil
	}
	name := s.file + ".serving"
	release, err := filelock.Try(name)
	if errors.Is(err, filelock.ErrHeld) {
		s.log.WarnContext(ctx, "another gateway serves from the database: waiting for it to end",
			"file", s.file, "holder", holderOf(name), "for", s.patience)
		waiting, cancel := context.WithTimeout(ctx, s.patience)
		defer cancel()
		release, err = filelock.Acquire(waiting, name)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return fmt.Errorf("open %s: %w (%s): stop that one first, or have both use PostgreSQL (database.url)",
				s.file, ErrServed, holderOf(name))
		}
	}
	if err != nil {
		return fmt.Errorf("claim %s: %w", s.file, err)
	}
	s.unclaim = release
	host, _ := os.Hostname() //nolint:errcheck // only for people, who may know it anyway
	if err := os.WriteFile(name, fmt.Appendf(nil, "process %d on %s\n", os.Getpid(), host), 0o600); err != nil {
		s.log.WarnContext(ctx, "the claim on the database tells nobody whose it is", "file", name, "error", err)
	}
	return nil
}

// holderOf describes who holds the claim.
func holderOf(name string) string {
	text, err := os.ReadFile(name) //nolint:gosec // our own file
	if err != nil || len(text) == 0 {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

// maxLinks is how many symbolic links are followed to a file, as on Linux.
const maxLinks = 40

// located returns where a file is, existing or not, after following all symbolic
// links: SQLite keeps the log there, and whoever comes another way must find the
// same locks.
func located(file string) (string, error) {
	for range maxLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(file))
		if err != nil {
			return "", err
		}
		file = filepath.Join(dir, filepath.Base(file))
		target, err := os.Readlink(file)
		if err != nil {
			return file, nil //nolint:nilerr // not a link
		}
		if filepath.IsAbs(target) {
			file = target
		} else {
			file = dir + string(filepath.Separator) + target // not cleaned: ".." is resolved after the links
		}
	}
	return "", fmt.Errorf("%s: %w", file, syscall.ELOOP)
}

// refuseLinked refuses a file with a second hard link: SQLite keeps a separate
// log under each name, and users of one name miss, or ruin, what is in the
// other's.
func refuseLinked(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return nil //nolint:nilerr // it is about to be created
	}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok && sys.Nlink > 1 {
		return fmt.Errorf("open %s: it has a second name (a hard link), under which its log would be another one: "+
			"copy with 'gateway backup' instead, and remove the other name, which 'find -inum %d' finds", file, sys.Ino)
	}
	return nil
}

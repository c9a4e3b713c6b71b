package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	runPrefix = "foyer-"
	lockName  = "lock"
	// pathLimit leaves room for the 42 bytes that go-plugin's names and ours take
	// of a socket path's 107.
	pathLimit = 65
	// settling is how old a directory without a lock must be to count as stale:
	// its owner may be about to lock it.
	settling = time.Minute
)

// RunDir is the gateway's private directory for sockets, mode 0700. It holds a
// lock for as long as the gateway lives, so that another start can recognise what
// a killed gateway left behind.
type RunDir struct {
	path string
	lock *os.File
	next atomic.Int64
}

// OpenRunDir removes directories that dead gateways of this user left in base (""
// = the system's temporary directory) and creates a new one.
func OpenRunDir(base string) (*RunDir, error) {
	if base == "" {
		base = os.TempDir()
	}
	if err := removeStale(base); err != nil {
		return nil, fmt.Errorf("clean %s: %w", base, err)
	}
	path, err := os.MkdirTemp(base, runPrefix)
	if err != nil {
		return nil, fmt.Errorf("make directory for sockets: %w", err)
	}
	if len(path) > pathLimit {
		_ = os.Remove(path)
		return nil, fmt.Errorf("make directory for sockets: %s is too long for the path of a socket: choose a shorter TMPDIR", path)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		_ = os.RemoveAll(path)
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &RunDir{path: path, lock: lock}, nil
}

// child creates the directory of one process. Names are short: a unix socket's
// path has at most 107 bytes.
func (d *RunDir) child() (string, error) {
	path := filepath.Join(d.path, strconv.FormatInt(d.next.Add(1), 36))
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", fmt.Errorf("make directory for sockets: %w", err)
	}
	return path, nil
}

// Close removes the directory.
func (d *RunDir) Close() error {
	err := os.RemoveAll(d.path)
	return errors.Join(err, d.lock.Close())
}

func removeStale(base string) error {
	entries, err := os.ReadDir(base)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(base, e.Name())
		if !e.IsDir() || !strings.HasPrefix(e.Name(), runPrefix) || !stale(path) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// stale reports whether path is a run directory of this user whose gateway is
// gone.
func stale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) != os.Getuid() {
		return false
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Since(info.ModTime()) > settling
	}
	if err != nil {
		return false
	}
	defer lock.Close()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

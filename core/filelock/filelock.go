package filelock

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// ErrHeld means that somebody else holds the lock.
var ErrHeld = errors.New("the lock is held")

// retry is how often a waiting caller checks whether the lock is free.
const retry = 10 * time.Millisecond

// Acquire waits until ctx ends for the lock of the named file, which it creates
// if it is missing, and returns the function that releases the lock. The end of
// the process releases it too. Acquire polls, so that ctx can end the wait.
func Acquire(ctx context.Context, name string) (release func(), err error) {
	for {
		release, err := Try(name)
		if !errors.Is(err, ErrHeld) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(retry):
		}
	}
}

// Try is Acquire without waiting: ErrHeld instead.
func Try(name string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the caller's own file
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return func() { _ = f.Close() }, nil // closing unlocks
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrHeld
	}
	return nil, errors.Join(err, f.Close())
}

package filelock_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/filelock"
)

func TestLock_lets_one_in_at_a_time(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := filelock.Acquire(t.Context(), path)
	require.NoError(t, err)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = filelock.Acquire(short, path)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	free := make(chan error)
	go func() {
		again, err := filelock.Acquire(t.Context(), path)
		if err == nil {
			again()
		}
		free <- err
	}()
	release()
	require.NoError(t, <-free)
}

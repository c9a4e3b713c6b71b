package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// logged returns how many pages the write-ahead log of a SQLite file has, and how many
// of them have been copied into the file.
func logged(t *testing.T, s *store.Store) (length, copied int) {
	t.Helper()
	var busy int
	require.NoError(t, s.SQLDB().QueryRowContext(t.Context(), `PRAGMA wal_checkpoint(NOOP)`).Scan(&busy, &length, &copied))
	return length, copied
}

// write adds n MB to the log.
func write(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for range n {
		_, err := s.AddEvent(t.Context(), store.Event{ID: uuid.NewString(), ReceivedAt: time.Now(), Body: make([]byte, 1<<20)})
		require.NoError(t, err)
	}
}

func TestLog_is_copied_by_no_writer(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	var pages int
	require.NoError(t, s.SQLDB().QueryRowContext(t.Context(), `PRAGMA wal_autocheckpoint`).Scan(&pages))
	require.Zero(t, pages)
	write(t, s, 40)
	require.Eventually(t, func() bool {
		length, copied := logged(t, s)
		return length-copied < 16<<20/4096
	}, time.Minute, 10*time.Millisecond, "somebody else does it")
}

// SQLite keeps the log where the link points.
func TestLog_is_copied_also_of_a_file_behind_a_link(t *testing.T) {
	cfg, there := sqlite(t), t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(there, "foyer.db"), filepath.Join(cfg.Dir, "foyer.db")))
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	write(t, s, 40)
	require.Eventually(t, func() bool {
		length, copied := logged(t, s)
		return length-copied < 16<<20/4096
	}, time.Minute, 10*time.Millisecond)
}

func TestLog_begins_anew_when_nobody_writes(t *testing.T) {
	s, ctx := open(t, sqlite(t)), t.Context()
	require.NoError(t, s.Migrate(ctx))
	write(t, s, 10)
	reader, err := s.SQLDB().Conn(ctx)
	require.NoError(t, err)
	for _, statement := range []string{`BEGIN`, `SELECT COUNT(*) FROM foyer_event`} {
		_, err = reader.ExecContext(ctx, statement)
		require.NoError(t, err)
	}
	write(t, s, 10) // cannot be copied, and is too little to be done later
	time.Sleep(2 * time.Second)
	_, err = reader.ExecContext(ctx, `ROLLBACK`)
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	write(t, s, 1)
	require.Eventually(t, func() bool {
		length, copied := logged(t, s)
		return copied >= 0 && length == copied // -1 = it is being copied
	}, time.Minute, 100*time.Millisecond)
	write(t, s, 1)
	length, _ := logged(t, s)
	require.Less(t, length, 1000, "pages, of 4 KB")
}

func TestLog_does_not_grow_without_end_while_somebody_writes_all_the_time(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	ctx, stop := context.WithCancel(t.Context())
	written := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			_, err := s.AddEvent(context.WithoutCancel(ctx), store.Event{ID: uuid.NewString(), ReceivedAt: time.Now(), Body: make([]byte, 64<<10)})
			if err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	longest := 0
	require.Eventually(t, func() bool {
		length, _ := logged(t, s)
		longest = max(longest, length)
		return longest > 4000 && length < longest/2
	}, 5*time.Minute, time.Millisecond, "it has begun anew")
	stop()
	require.NoError(t, <-written)
}

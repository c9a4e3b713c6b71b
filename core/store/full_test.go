package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/module"
)

// The engine itself reports it: its file may not grow, is read-only, or is locked by
// another program.
func TestSQLite_that_takes_no_writes_reads_on_and_is_told(t *testing.T) {
	s, err := Open(t.Context(), config.Database{Dir: t.TempDir(), MaxConns: 2, ConnectTimeout: time.Minute})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.KVPut(t.Context(), "a", "kept", []byte("v"), nil))
	pragma := func(text string) error {
		var n int
		return s.writer.QueryRowContext(t.Context(), "PRAGMA "+text).Scan(&n)
	}
	var pages int
	require.NoError(t, s.writer.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages))
	other, err := openLite(s.file, liteOptions{conns: 1, lock: "immediate", wait: time.Minute, cache: 64})
	require.NoError(t, err)
	defer other.Close()
	lock := func(text string) func() error {
		return func() error { _, err := other.ExecContext(t.Context(), text); return err }
	}
	for name, c := range map[string]struct{ begin, end func() error }{
		"a full disk": {
			func() error {
				err := pragma(fmt.Sprintf("max_page_count(%d)", pages))
				for i := 0; err == nil; i++ { // until the free pages are used up
					if s.KVPut(t.Context(), "a", fmt.Sprint("filler", i), make([]byte, 3<<10), nil) != nil {
						break
					}
				}
				return err
			},
			func() error { return pragma("max_page_count(1000000)") },
		},
		"a file that may only be read": {
			func() error { _, err := s.writer.ExecContext(t.Context(), "PRAGMA query_only(1)"); return err },
			func() error { _, err := s.writer.ExecContext(t.Context(), "PRAGMA query_only(0)"); return err },
		},
		"a lock of another program": {
			func() error { s.lite.turn.patience.requests = 20 * time.Millisecond; return lock("BEGIN IMMEDIATE")() }, lock("ROLLBACK"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := func() error { s.probe.at = time.Time{}; return s.Writable(t.Context()) }
			require.NoError(t, now())
			require.NoError(t, c.begin())
			require.ErrorIs(t, now(), module.ErrUnavailable)
			require.ErrorIs(t, s.Writable(t.Context()), module.ErrUnavailable, "the answer holds")
			require.ErrorIs(t, s.KVPut(t.Context(), "a", "large", make([]byte, 1<<20), nil), module.ErrUnavailable)
			require.ErrorIs(t, s.InTx(t.Context(), func(tx *Tx) error {
				return tx.KVPut(t.Context(), "a", "large", make([]byte, 1<<20), nil)
			}), module.ErrUnavailable)
			kept, err := s.KVGet(t.Context(), "a", "kept", time.Now())
			require.NoError(t, err)
			require.Equal(t, "v", string(kept))
			require.NoError(t, c.end())
			require.NoError(t, now())
		})
	}
}

package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/module"
)

// opened returns a migrated store, and a way for another program to change its file.
func opened(t *testing.T) (s *Store, other func(text string)) {
	t.Helper()
	s, err := Open(t.Context(), config.Database{Dir: t.TempDir(), MaxConns: 2, ConnectTimeout: time.Minute})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	program, err := openLite(s.file, liteOptions{conns: 1, lock: "immediate", wait: time.Minute, cache: 64})
	require.NoError(t, err)
	t.Cleanup(func() { _ = program.Close() })
	return s, func(text string) {
		_, err := program.ExecContext(t.Context(), text)
		require.NoError(t, err)
	}
}

// writes are the ways to write.
var writes = map[string]func(ctx context.Context, s *Store) error{
	"a statement": func(ctx context.Context, s *Store) error {
		return s.KVPut(ctx, "a", uuid.NewString(), []byte("v"), nil)
	},
	"a statement with answer": func(ctx context.Context, s *Store) error { _, err := s.CreateUser(ctx, User{}); return err },
	"a transaction": func(ctx context.Context, s *Store) error {
		return s.InTx(ctx, func(tx *Tx) error { return tx.KVPut(ctx, "a", uuid.NewString(), []byte("v"), nil) })
	},
}

func TestSQLite_a_lock_of_another_program_keeps_requests_waiting_for_one_time_only(t *testing.T) {
	s, other := opened(t)
	const wait = 500 * time.Millisecond
	s.lite.turn.patience.requests, s.lite.turn.patience.others = wait, 4*wait
	for range 2 { // it happens again
		other("BEGIN IMMEDIATE")
		var all sync.WaitGroup
		for range 2 { // which hold their turn for long
			all.Go(func() { assert.ErrorIs(t, writes["a transaction"](Behind(t.Context()), s), module.ErrUnavailable) })
		}
		require.Eventually(t, func() bool { return s.behind.Stats().WaitCount > 0 }, time.Minute, time.Millisecond)
		const each = 4
		for name, write := range writes {
			for range each {
				all.Go(func() {
					begin := time.Now()
					assert.ErrorIs(t, write(t.Context(), s), module.ErrUnavailable, name)
					assert.Less(t, time.Since(begin), 2*wait, name)
				})
			}
		}
		all.Wait()
		// A caller that goes on after a failed write does not wait afresh.
		begin := time.Now()
		for range 3 {
			for name, write := range writes {
				require.ErrorIs(t, write(t.Context(), s), module.ErrUnavailable, name)
			}
		}
		require.Less(t, time.Since(begin), 9*wait)

		other("ROLLBACK")
		for name, write := range writes {
			require.NoError(t, write(t.Context(), s), name)
			require.NoError(t, write(Behind(t.Context()), s), name)
		}
	}
}

func TestSQLite_a_short_lock_of_another_program_is_waited_for(t *testing.T) {
	s, other := opened(t)
	for name, write := range writes {
		for place, ctx := range map[string]context.Context{"a request": t.Context(), "in the background": Behind(t.Context())} {
			t.Run(fmt.Sprint(name, " of ", place), func(t *testing.T) {
				other("BEGIN IMMEDIATE")
				done := make(chan error, 1)
				go func() { done <- write(ctx, s) }()
				time.Sleep(100 * time.Millisecond) // longer than one attempt
				require.Empty(t, done)
				other("ROLLBACK")
				require.NoError(t, <-done)
			})
		}
	}
}

func TestSQLite_who_leaves_waits_no_longer(t *testing.T) {
	s, other := opened(t)
	other("BEGIN IMMEDIATE")
	for name, write := range writes {
		for _, ctx := range []context.Context{t.Context(), Behind(t.Context())} {
			ctx, leave := context.WithCancel(ctx)
			done := make(chan error, 1)
			go func() { done <- write(ctx, s) }()
			leave()
			select {
			case err := <-done:
				require.Error(t, err, name)
			case <-time.After(requestWait - time.Second):
				require.Fail(t, "it waits", name)
			}
		}
	}
	other("ROLLBACK")
	for name, write := range writes {
		require.NoError(t, write(t.Context(), s), name)
	}
}

package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
)

// crowd stores n sessions that have ended.
func crowd(t *testing.T, s *store.Store, n int) {
	t.Helper()
	execute(t, s, fmt.Sprintf(`WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < %d)
		INSERT INTO foyer_session (token, sid, data, expires_at)
		SELECT 'over-' || n, '', CAST('some kilobytes of a session' AS `+blob(s)+`), '2020-01-01 00:00:00+00:00' FROM i`, n))
}

func blob(s *store.Store) string {
	if s.PgxPool() != nil {
		return "bytea"
	}
	return "blob"
}

// number returns the result of a statement that selects one number.
func number(t *testing.T, s *store.Store, text string) (n int) {
	t.Helper()
	ctx := context.Background()
	if p := s.PgxPool(); p != nil {
		require.NoError(t, p.QueryRow(ctx, text).Scan(&n))
	} else {
		require.NoError(t, s.SQLDB().QueryRowContext(ctx, text).Scan(&n))
	}
	return n
}

// A single statement for all of them would keep every writer of SQLite waiting.
func TestCleanup_goes_step_by_step_and_others_write_in_between(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx, s := context.Background(), open(t, db)
		const many = 20_000
		crowd(t, s, many)
		c := client(t, s, defaults(), runner{}, nil)
		require.NoError(t, c.Start(ctx))
		between := map[int]bool{} // what was left when another write got in
		require.Eventually(t, func() bool {
			require.NoError(t, s.KVPut(ctx, "test", "k", nil, nil))
			n := number(t, s, `SELECT COUNT(*) FROM foyer_session`)
			between[n] = n > 0 && n < many
			return n == 0
		}, patience, time.Millisecond)
		delete(between, 0)
		delete(between, many)
		require.Greater(t, len(between), 2, "with one statement nobody would have come in between")
	})
}

func TestCleanup_that_fails_or_hangs_stops_no_other(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, s *store.Store){
		"a table that is not there": func(t *testing.T, s *store.Store) { execute(t, s, `ALTER TABLE foyer_session RENAME TO gone`) },
		"a table that somebody has locked": func(t *testing.T, s *store.Store) {
			if s.PgxPool() == nil { // where single tables cannot be locked
				execute(t, s, `ALTER TABLE foyer_session RENAME TO gone`)
				return
			}
			ctx, cancel := context.WithCancel(context.Background())
			locked, ended := make(chan struct{}), make(chan error, 1)
			go func() {
				ended <- s.InTx(context.Background(), func(tx *store.Tx) error {
					_, err := tx.Pgx().Exec(ctx, `LOCK TABLE foyer_session IN ACCESS EXCLUSIVE MODE`)
					close(locked)
					<-ctx.Done()
					return err
				})
			}()
			next(t, locked)
			t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db config.Database) {
				ctx, s, log := context.Background(), open(t, db), &lockedBuffer{}
				crowd(t, s, 3)
				over := time.Now().Add(-48 * time.Hour)
				require.NoError(t, s.KVPut(ctx, "n", "k", nil, &over))
				require.NoError(t, s.RevokeToken(ctx, "t", over))
				require.NoError(t, s.AppendAudit(ctx, store.AuditEntry{Action: "old", At: over}))
				_, err := s.AddEvent(ctx, store.Event{ID: "old", ReceivedAt: over})
				require.NoError(t, err)
				c := client(t, s, defaults(), runner{}, slog.New(slog.NewTextHandler(log, nil)),
					jobs.WithAuditRetention(time.Hour), jobs.WithEventRetention(time.Hour), jobs.WithPace(4*time.Minute, 2*time.Second)) // enough for a busy machine
				harm(t, s)
				require.NoError(t, c.Start(ctx))
				var failed []jobs.Job
				require.Eventually(t, func() bool {
					failed, err = c.List(ctx, givenUp(10))
					return err == nil && len(failed) == 1
				}, patience, 10*time.Millisecond)
				require.Equal(t, "cleanup", failed[0].Kind)
				require.Contains(t, failed[0].Error(), "remove expired sessions: ")
				require.NotContains(t, failed[0].Error(), "\n", "nothing else failed")
				require.Zero(t, number(t, s, `SELECT (SELECT COUNT(*) FROM foyer_kv WHERE expires_at IS NOT NULL)
					+ (SELECT COUNT(*) FROM foyer_revoked_token)
					+ (SELECT COUNT(*) FROM foyer_audit) + (SELECT COUNT(*) FROM foyer_event)`))
			})
		})
	}
}

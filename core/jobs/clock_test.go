package jobs_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

// jumped moves the queue's times a year ahead, as a clock leaves them that jumped ahead
// and came back: those of jobs that waited, failed or were due, and of the leader.
func jumped(t *testing.T, s *store.Store) {
	t.Helper()
	texts := []string{
		`UPDATE river_job SET state = 'retryable', attempt = 1 WHERE json_extract(args, '$.kind') = 'failed'`,
		`UPDATE river_job SET scheduled_at = datetime(scheduled_at, 'subsec', '+1 year') WHERE state NOT IN ('running', 'completed')`,
		`DELETE FROM river_leader`,
		`INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('dead', datetime('now', 'subsec', '+1 year'), datetime('now', 'subsec', '+1 year', '+15 seconds'))`,
	}
	run := func(text string) error { _, err := s.SQLDB().ExecContext(t.Context(), text); return err }
	if pool := s.PgxPool(); pool != nil {
		texts = []string{
			`UPDATE river_job SET state = 'retryable', attempt = 1 WHERE args->>'kind' = 'failed'`,
			`UPDATE river_job SET scheduled_at = scheduled_at + interval '1 year' WHERE state NOT IN ('running', 'completed')`,
			`DELETE FROM river_leader`,
			`INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('dead', now() + interval '1 year', now() + interval '1 year 15 seconds')`,
		}
		run = func(text string) error { _, err := pool.Exec(t.Context(), text); return err }
	}
	for _, text := range texts {
		require.NoError(t, run(text))
	}
}

func TestClock_that_jumped_ahead_and_came_back_puts_no_job_off(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		s := open(t, db)
		var mu sync.Mutex
		log := &bytes.Buffer{}
		quiet := slog.New(slog.NewTextHandler(guarded{&mu, log}, nil))
		done := make(chan string, 100)
		var c *jobs.Client
		r := runner{work: func(ctx context.Context, name string, j module.Job) error {
			if j.Kind == "again" { // re-arms itself, as the meetings' check does
				if err := c.Enqueue(ctx, name, "again", struct{}{}, module.JobOptions{Delay: 300 * time.Millisecond, MaxAttempts: 1}); err != nil {
					return err
				}
			}
			done <- j.Kind
			return nil
		}}
		before := client(t, s, defaults(), r, nil, jobs.WithMending(time.Hour))
		c = before
		const delay = 2 * time.Second
		for kind, o := range map[string]module.JobOptions{
			"due": {}, "failed": {}, "again": {Delay: 200 * time.Millisecond, MaxAttempts: 1}, "later": {Delay: delay}, "much later": {Delay: time.Hour},
		} {
			require.NoError(t, before.Enqueue(t.Context(), "m", kind, struct{}{}, o))
		}
		jumped(t, s)

		begin := time.Now()
		after := client(t, s, defaults(), r, quiet, jobs.WithMending(50*time.Millisecond))
		c = after
		require.NoError(t, after.Start(t.Context()))
		seen := map[string]int{}
		for seen["due"] == 0 || seen["failed"] == 0 || seen["later"] == 0 || seen["again"] < 2 {
			kind := next(t, done)
			seen[kind]++
			if kind == "later" {
				require.GreaterOrEqual(t, time.Since(begin), delay-100*time.Millisecond, "its own delay counts from now")
			}
		}
		require.Zero(t, seen["much later"])
		mu.Lock()
		require.Contains(t, log.String(), "a clock had jumped ahead")
		mu.Unlock()
	})
}

// guarded is a writer that can be read between two lines.
type guarded struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (g guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.to.Write(p)
}

func TestClock_that_is_right_leaves_delays_and_pauses_as_they_are(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		s := open(t, db)
		tried := make(chan time.Time, 100)
		r := runner{work: func(_ context.Context, _ string, j module.Job) error {
			tried <- time.Now()
			if j.Kind == "fails" {
				return context.DeadlineExceeded
			}
			return nil
		}}
		c := client(t, s, defaults(), r, nil, jobs.WithMending(20*time.Millisecond))
		require.NoError(t, c.Start(t.Context()))
		for _, delay := range []time.Duration{time.Hour, 24 * time.Hour} {
			require.NoError(t, c.Enqueue(t.Context(), "m", "waits", struct{}{}, module.JobOptions{Delay: delay}))
		}
		require.NoError(t, c.Enqueue(t.Context(), "m", "fails", struct{}{}, module.JobOptions{}))
		first, second := next(t, tried), next(t, tried)
		require.Greater(t, second.Sub(first), 700*time.Millisecond, "the pause after a failure stays")
		list, err := c.List(t.Context(), jobs.Filter{Limit: 100})
		require.NoError(t, err)
		waiting := 0
		for _, j := range list {
			if j.Kind == "waits" {
				require.Greater(t, time.Until(j.Next), 50*time.Minute)
				waiting++
			}
		}
		require.Equal(t, 2, waiting)
	})
}

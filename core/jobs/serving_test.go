package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

// everything logs at every level.
func everything(to *lockedBuffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

func TestWhile_jobs_and_events_of_a_module_that_is_off_wait_and_cost_nothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx, s := context.Background(), open(t, db)
		var on atomic.Bool
		got, log := make(chan string, 8), &lockedBuffer{}
		c := client(t, s, defaults(), runner{
			work: func(_ context.Context, m string, j module.Job) error {
				got <- fmt.Sprint(m, " ", j.Kind, " ", j.Attempt)
				return nil
			},
			deliver: func(_ context.Context, m string, e module.Event) error {
				got <- m + " " + e.ID
				return nil
			},
		}, everything(log), jobs.WithQueue("sip", 2), jobs.WithQueue("core.mail", 2), jobs.While(func(m string) bool { return m != "sip" || on.Load() }))
		require.NoError(t, c.Start(ctx))
		require.NoError(t, c.Enqueue(ctx, "sip", "dial", nil, module.JobOptions{}))
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			if _, err := tx.AddEvent(ctx, store.Event{ID: "EV_1", Name: "room_started", ReceivedAt: time.Now(), Body: []byte("{}")}); err != nil {
				return err
			}
			return c.DeliverTx(ctx, tx, "EV_1", "sip")
		}))
		for i := range 3 { // time in which it might look for the others
			kind := fmt.Sprint("send", i)
			require.NoError(t, c.Enqueue(ctx, "core.mail", kind, nil, module.JobOptions{Delay: time.Second}))
			require.Equal(t, "core.mail "+kind+" 1", next(t, got))
		}
		none(t, got)
		waiting, err := c.List(ctx, jobs.Filter{Topic: "sip", States: []jobs.State{jobs.Waiting}, Limit: 10})
		require.NoError(t, err)
		require.Len(t, waiting, 2)
		for _, j := range waiting {
			require.Zero(t, j.Attempts)
			require.Empty(t, j.Failures)
		}
		require.Empty(t, log.String())

		on.Store(true)
		c.Refresh()
		require.ElementsMatch(t, []string{"sip dial 1", "sip EV_1"}, []string{next(t, got), next(t, got)})
		require.Empty(t, log.String())
	})
}

func TestWhile_a_job_under_way_ends_before_its_queue_is_left(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		var on atomic.Bool
		on.Store(true)
		began, release := make(chan string, 8), make(chan struct{})
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			began <- j.Kind
			<-release
			return nil
		}}, nil, jobs.WithQueue("sip", 1), jobs.While(func(string) bool { return on.Load() }))
		require.NoError(t, c.Start(ctx))
		require.NoError(t, c.Enqueue(ctx, "sip", "first", nil, module.JobOptions{}))
		require.Equal(t, "first", next(t, began))
		on.Store(false)
		c.Refresh()
		require.NoError(t, c.Enqueue(ctx, "sip", "second", nil, module.JobOptions{}))
		on.Store(true)
		c.Refresh() // while there still is one
		on.Store(false)
		c.Refresh()
		close(release)
		done := func() bool {
			list, err := c.List(ctx, jobs.Filter{States: []jobs.State{jobs.Done}, Limit: 10})
			return err == nil && len(list) == 1 && list[0].Kind == "first"
		}
		require.Eventually(t, done, patience, 10*time.Millisecond)
		on.Store(true)
		c.Refresh()
		require.Equal(t, "second", next(t, began))
	})
}

func TestWhile_ends_with_the_client_though_a_job_hangs(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		var on atomic.Bool
		on.Store(true)
		began := make(chan struct{})
		c := client(t, open(t, db), defaults(), runner{work: func(ctx context.Context, _ string, _ module.Job) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		}}, nil, jobs.WithQueue("sip", 1), jobs.While(func(string) bool { return on.Load() }))
		require.NoError(t, c.Start(ctx))
		require.NoError(t, c.Enqueue(ctx, "sip", "stuck", nil, module.JobOptions{}))
		next(t, began)
		on.Store(false)
		c.Refresh()
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		require.NoError(t, c.Stop(short))
		c.Refresh() // no longer does anything
	})
}

// A job whose module was off or down is run again, as if new.
func TestPostponed_jobs_lose_no_attempt_and_say_nothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		var tries atomic.Int64
		done, log := make(chan int, 1), &lockedBuffer{}
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			if tries.Add(1) <= 2 {
				return fmt.Errorf("the module is off: %w", module.ErrPostponed)
			}
			done <- j.Attempt
			return nil
		}}, everything(log))
		require.NoError(t, c.Start(ctx))
		require.NoError(t, c.Enqueue(ctx, "sip", "dial", nil, module.JobOptions{MaxAttempts: 1}))
		require.Equal(t, 1, next(t, done))
		require.EqualValues(t, 3, tries.Load())
		require.Empty(t, log.String())
	})
}

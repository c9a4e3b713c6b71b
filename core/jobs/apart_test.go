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
	"foyer/sdk/module"
)

func TestQueue_apart_keeps_nobody_else_waiting(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx, release := context.Background(), make(chan struct{})
		slow, quick := make(chan string, 8), make(chan string, 8)
		cfg := defaults()
		cfg.Workers = 1
		c := client(t, open(t, db), cfg, runner{work: func(_ context.Context, m string, j module.Job) error {
			if m == "core.mail" {
				slow <- j.Kind
				<-release
				return nil
			}
			quick <- j.Kind
			return nil
		}}, nil, jobs.WithQueue("core.mail", 2))
		for i := range 5 {
			require.NoError(t, c.Enqueue(ctx, "core.mail", fmt.Sprint(i), nil, module.JobOptions{}))
		}
		require.NoError(t, c.Start(ctx))
		next(t, slow)
		next(t, slow)
		require.NoError(t, c.Enqueue(ctx, "sip", "quick", nil, module.JobOptions{}))
		require.Equal(t, "quick", next(t, quick))
		none(t, slow) // two at once, not more
		close(release)
		for range 3 {
			next(t, slow)
		}
	})
}

func TestGiveUp_ends_a_job_at_once_and_in_sight(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		attempts := make(chan int, 8)
		log := &lockedBuffer{}
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			attempts <- j.Attempt
			return fmt.Errorf("nobody of that name: %w", module.ErrGiveUp)
		}}, slog.New(slog.NewTextHandler(log, nil)))
		require.NoError(t, c.Enqueue(ctx, "m", "hopeless", nil, module.JobOptions{}))
		require.NoError(t, c.Start(ctx))
		require.Equal(t, 1, next(t, attempts))
		require.Eventually(t, func() bool {
			list, err := c.List(ctx, givenUp(10))
			return err == nil && len(list) == 1 && list[0].Kind == "hopeless" && list[0].Attempts == 1
		}, patience, 10*time.Millisecond)
		require.Contains(t, log.String(), "level=ERROR msg=\"job given up\"")
		require.Contains(t, log.String(), "nobody of that name")
		none(t, attempts)
	})
}

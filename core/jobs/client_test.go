package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

func TestEnqueue_runs_the_job_with_its_arguments(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		got := make(chan module.Job, 8)
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, m string, j module.Job) error {
			require.Equal(t, "sip", m)
			got <- j
			return nil
		}}, nil)
		require.NoError(t, c.Enqueue(ctx, "sip", "early", map[string]int{"n": 1}, module.JobOptions{}))
		require.NoError(t, c.Start(ctx))
		require.Equal(t, module.Job{Kind: "early", Args: []byte(`{"n":1}`), Attempt: 1}, compact(next(t, got)))

		begin := time.Now()
		require.NoError(t, c.Enqueue(ctx, "sip", "late", nil, module.JobOptions{}))
		require.Equal(t, module.Job{Kind: "late", Args: []byte(`null`), Attempt: 1}, next(t, got))
		t.Logf("from enqueue to work: %s", time.Since(begin))
	})
}

// compact removes the spaces that PostgreSQL's jsonb writes.
func compact(j module.Job) module.Job {
	j.Args = bytes.ReplaceAll(j.Args, []byte(" "), nil)
	return j
}

func TestEnqueueTx_runs_the_job_only_when_the_transaction_commits(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		got := make(chan string, 8)
		s := open(t, db)
		c := client(t, s, defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			got <- j.Kind
			return nil
		}}, nil)
		require.NoError(t, c.Start(ctx))
		back := errors.New("changed my mind")
		require.ErrorIs(t, s.InTx(ctx, func(tx *store.Tx) error {
			require.NoError(t, c.EnqueueTx(ctx, tx, "m", "undone", nil, module.JobOptions{}))
			return back
		}), back)
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			return c.EnqueueTx(ctx, tx, "m", "done", nil, module.JobOptions{})
		}))
		require.Equal(t, "done", next(t, got))
		require.NoError(t, c.Stop(ctx))
		none(t, got)
	})
}

// A wake-up that was lost, or came before the commit, would cost a second each
// time.
func TestEnqueue_wakes_the_queue_each_time(t *testing.T) {
	onBoth(t, wakes)
}

func wakes(t *testing.T, db config.Database) {
	ctx := context.Background()
	got := make(chan string, 8)
	s := open(t, db)
	c := client(t, s, defaults(), runner{work: func(_ context.Context, m string, _ module.Job) error {
		got <- m
		return nil
	}}, nil, jobs.WithQueue("apart", 2))
	require.NoError(t, c.Start(ctx))
	require.NoError(t, c.Enqueue(ctx, "m", "first", nil, module.JobOptions{}))
	next(t, got)
	took := make([]time.Duration, 20)
	for i := range took {
		begin := time.Now()
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{}))
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{}))
		next(t, got)
		next(t, got)
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			require.NoError(t, c.EnqueueTx(ctx, tx, "m", "k", nil, module.JobOptions{}))
			require.NoError(t, c.EnqueueTx(ctx, tx, "apart", "k", nil, module.JobOptions{}))
			time.Sleep(20 * time.Millisecond) // commits late
			return nil
		}))
		require.ElementsMatch(t, []string{"m", "apart"}, []string{next(t, got), next(t, got)})
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	require.Less(t, took[len(took)/2], time.Second/2, took)
}

func TestEnqueue_leaves_no_rows_of_wake_ups_on_SQLite(t *testing.T) {
	ctx := context.Background()
	s := open(t, sqlite(t))
	c := client(t, s, defaults(), runner{}, nil)
	require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{}))
	require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
		return c.EnqueueTx(ctx, tx, "m", "k", nil, module.JobOptions{})
	}))
	var jobs, rows int
	require.NoError(t, s.SQLDB().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM river_job), (SELECT COUNT(*) FROM river_notification)`).Scan(&jobs, &rows))
	require.Equal(t, []int{2, 0}, []int{jobs, rows})
}

func TestEnqueue_refuses_what_cannot_be_a_job(t *testing.T) {
	c := client(t, open(t, sqlite(t)), defaults(), runner{}, nil)
	ctx := context.Background()
	require.Error(t, c.Enqueue(ctx, "", "kind", nil, module.JobOptions{}))
	require.Error(t, c.Enqueue(ctx, "m", "", nil, module.JobOptions{}))
	require.Error(t, c.Enqueue(ctx, "m", "kind", func() {}, module.JobOptions{}))
	require.Error(t, c.Enqueue(ctx, "m", "kind", strings.Repeat("x", 2<<20), module.JobOptions{}))
}

func TestUnique_repeats_of_an_unfinished_job_are_no_ops(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		got, release := make(chan string, 64), make(chan struct{})
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, m string, j module.Job) error {
			got <- m + " " + j.Kind
			<-release
			return nil
		}}, nil)
		once := module.JobOptions{Unique: "room-1"}
		var wg sync.WaitGroup
		for range 8 { // at the same moment, with different arguments
			wg.Go(func() { require.NoError(t, c.Enqueue(ctx, "a", "k", time.Now().UnixNano(), once)) })
		}
		wg.Wait()
		require.NoError(t, c.Start(ctx))
		require.Equal(t, "a k", next(t, got))
		require.NoError(t, c.Enqueue(ctx, "a", "k", 2, once), "while it runs")
		require.NoError(t, c.Enqueue(ctx, "b", "k", 1, once))
		require.NoError(t, c.Enqueue(ctx, "a", "l", 1, once))
		require.NoError(t, c.Enqueue(ctx, "a", "k", 1, module.JobOptions{Unique: "room-2"}))
		require.NoError(t, c.Enqueue(ctx, "a", "k", 1, module.JobOptions{}))
		others := []string{next(t, got), next(t, got), next(t, got), next(t, got)}
		require.ElementsMatch(t, []string{"b k", "a l", "a k", "a k"}, others)
		none(t, got)

		close(release)
		require.Eventually(t, func() bool { // once it has finished, there may be another
			return c.Enqueue(ctx, "a", "k", 3, once) == nil && len(got) > 0
		}, patience, 20*time.Millisecond)
	})
}

func TestWork_is_retried_within_seconds(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		got := make(chan int, 8)
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			got <- j.Attempt
			if j.Attempt < 3 {
				return errors.New("not yet")
			}
			return nil
		}}, nil)
		require.NoError(t, c.Start(ctx))
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{}))
		for attempt := 1; attempt <= 3; attempt++ {
			require.Equal(t, attempt, next(t, got))
		}
	})
}

func TestJobs_given_up_can_be_seen_and_retried(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		var healed atomic.Bool
		got := make(chan string, 8)
		var log lockedBuffer
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			defer func() { got <- j.Kind }()
			switch {
			case healed.Load():
				return nil
			case j.Kind == "panics":
				panic("out of range")
			default:
				return errors.New("no such trunk")
			}
		}}, slog.New(slog.NewTextHandler(&log, nil)))
		require.NoError(t, c.Start(ctx))
		list, err := c.List(ctx, givenUp(10))
		require.NoError(t, err)
		require.Empty(t, list)

		for _, kind := range []string{"fails", "panics"} {
			require.NoError(t, c.Enqueue(ctx, "sip", kind, nil, module.JobOptions{MaxAttempts: 1}))
			require.Equal(t, kind, next(t, got))
			require.Eventually(t, func() bool {
				list, err = c.List(ctx, givenUp(1))
				return err == nil && len(list) == 1 && list[0].Kind == kind
			}, patience, 10*time.Millisecond)
		}
		list, err = c.List(ctx, givenUp(10))
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "panic: out of range", list[0].Error())
		require.Equal(t, "no such trunk", list[1].Error())
		require.WithinDuration(t, time.Now(), list[1].EndedAt, time.Minute)
		f := list[1]
		require.Equal(t, []any{"sip", "fails", 1, jobs.GivenUp}, []any{f.Topic, f.Kind, f.Attempts, f.State})
		require.Equal(t, 2, strings.Count(log.String(), `level=ERROR msg="job given up"`))
		require.Contains(t, log.String(), "client_test.go", "a panic leaves its stack")
		require.NotContains(t, log.String(), "level=INFO", "the queue itself is quiet")

		healed.Store(true)
		require.NoError(t, c.Retry(ctx, f.ID))
		require.Equal(t, "fails", next(t, got))
		require.ErrorIs(t, c.Retry(ctx, 1<<40), jobs.ErrNotFound)
	})
}

func TestDelay_holds_the_job_back(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		got := make(chan time.Time, 8)
		c := client(t, open(t, db), defaults(), runner{work: func(context.Context, string, module.Job) error {
			got <- time.Now()
			return nil
		}}, nil)
		require.NoError(t, c.Start(ctx))
		due := time.Now().Add(1500 * time.Millisecond)
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{Delay: time.Until(due)}))
		require.False(t, next(t, got).Before(due.Truncate(time.Millisecond)))
	})
}

func TestStop_waits_for_jobs_and_cancels_those_that_take_too_long(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		attempts, release := make(chan int, 8), make(chan struct{})
		var finished atomic.Int32
		s := open(t, db)
		r := runner{work: func(ctx context.Context, _ string, j module.Job) error {
			attempts <- j.Attempt
			select {
			case <-release:
				finished.Add(1)
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		c := client(t, s, defaults(), r, nil)
		require.NoError(t, c.Start(ctx))
		require.Error(t, c.Start(ctx), "started already")
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{MaxAttempts: 1}))
		require.Equal(t, 1, next(t, attempts))

		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		require.NoError(t, c.Stop(short))
		require.NoError(t, c.Stop(ctx), "stopped already")
		require.Zero(t, finished.Load())

		again := client(t, s, defaults(), r, nil)
		require.NoError(t, again.Start(ctx))
		require.Equal(t, 1, next(t, attempts), "being stopped costs no attempt")
		stopped := make(chan error)
		go func() { stopped <- again.Stop(ctx) }()
		close(release)
		require.NoError(t, next(t, stopped))
		require.EqualValues(t, 1, finished.Load(), "the job ended before Stop did")
	})
}

func TestStop_before_a_start_in_the_background_wins(t *testing.T) {
	ctx := context.Background()
	c := client(t, open(t, sqlite(t)), defaults(), runner{}, nil)
	require.NoError(t, c.Stop(ctx))
	require.Error(t, c.Start(ctx))
}

func TestReplicas_share_the_jobs(t *testing.T) {
	t.Run("postgres", func(t *testing.T) { share(t, postgres(t)) })
	t.Run("pgbouncer", func(t *testing.T) { share(t, pgBouncer(t)) })
}

func share(t *testing.T, db config.Database) {
	ctx := context.Background()
	const n = 200
	var mu sync.Mutex
	ran := map[string]int{}
	all := make(chan struct{}, n)
	r := runner{work: func(_ context.Context, _ string, j module.Job) error {
		mu.Lock()
		ran[string(j.Args)]++
		mu.Unlock()
		all <- struct{}{}
		return nil
	}}
	a, b := client(t, open(t, db), defaults(), r, nil), client(t, open(t, db), defaults(), r, nil)
	require.NoError(t, a.Start(ctx))
	require.NoError(t, b.Start(ctx))
	for i := range n {
		require.NoError(t, a.Enqueue(ctx, "m", "k", i, module.JobOptions{}))
	}
	for range n {
		next(t, all)
	}
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, ran, n)
	for args, times := range ran {
		require.Equal(t, 1, times, args)
	}
}

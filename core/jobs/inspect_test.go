package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/sdk/module"
)

// ids returns the ids of the jobs, in order.
func ids(list []jobs.Job) []int64 {
	all := make([]int64, len(list))
	for i, j := range list {
		all[i] = j.ID
	}
	return all
}

func TestList_chooses_jobs_and_goes_on_where_it_stopped(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		c := client(t, open(t, db), defaults(), runner{}, nil)
		about := map[string]any{"recording": uuid.Nil, "id": "letter-1", "password": "hunter2", "n": 1}
		for _, j := range [][2]string{{"sip", "dial"}, {"recording", "mail"}, {"recording", "show"}, {"recording", "mail"}} {
			require.NoError(t, c.Enqueue(ctx, j[0], j[1], about, module.JobOptions{Delay: time.Hour}))
		}
		all, err := c.List(ctx, jobs.Filter{Limit: 10})
		require.NoError(t, err)
		require.Len(t, all, 4)
		newest := all[0]
		require.Equal(t, []any{"recording", "mail", jobs.Waiting}, []any{newest.Topic, newest.Kind, newest.State})
		require.Equal(t, "id=letter-1 recording="+uuid.Nil.String(), newest.About, "and nothing that may be private")
		require.WithinDuration(t, time.Now().Add(time.Hour), newest.Next, time.Minute)
		require.Zero(t, newest.EndedAt)
		require.Empty(t, newest.Error())

		for name, x := range map[string]struct {
			filter jobs.Filter
			want   []int64
		}{
			"two":               {jobs.Filter{Limit: 2}, ids(all[:2])},
			"the next two":      {jobs.Filter{Limit: 2, Before: all[1].ID}, ids(all[2:])},
			"of a topic":        {jobs.Filter{Limit: 9, Topic: "sip"}, ids(all[3:])},
			"of a kind":         {jobs.Filter{Limit: 9, Topic: "recording", Kind: "mail"}, []int64{all[0].ID, all[2].ID}},
			"of a state":        {jobs.Filter{Limit: 9, States: []jobs.State{jobs.GivenUp}}, []int64{}},
			"of several states": {jobs.Filter{Limit: 9, States: []jobs.State{jobs.GivenUp, jobs.Waiting}, Kind: "dial"}, ids(all[3:])},
		} {
			got, err := c.List(ctx, x.filter)
			require.NoError(t, err, name)
			require.Equal(t, x.want, ids(got), name)
		}
	})
}

func TestRetry_and_Discard_change_jobs_that_wait_or_were_given_up(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		release, got := make(chan struct{}), make(chan string, 8)
		c := client(t, open(t, db), defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			got <- j.Kind
			switch j.Kind {
			case "fails":
				return errors.New(`Post "https://ada:pw@peer.example.org/jobs?token=abc": refused`)
			case "hangs":
				<-release
			}
			return nil
		}}, nil)
		require.NoError(t, c.Start(ctx))
		late := module.JobOptions{Delay: time.Hour}
		one := func(kind string, state jobs.State) (j jobs.Job) {
			require.Eventually(t, func() bool {
				list, err := c.List(ctx, jobs.Filter{Kind: kind, States: []jobs.State{state}, Limit: 1})
				if err == nil && len(list) == 1 {
					j = list[0]
				}
				return err == nil && len(list) == 1
			}, patience, 10*time.Millisecond, "%s %s", kind, state)
			return j
		}

		require.NoError(t, c.Enqueue(ctx, "m", "fails", nil, module.JobOptions{MaxAttempts: 1}))
		require.Equal(t, "fails", next(t, got))
		failed := one("fails", jobs.GivenUp)
		require.Equal(t, `Post "https://…@peer.example.org/jobs?…": refused`, failed.Error(), "no secrets")
		require.WithinDuration(t, time.Now(), failed.EndedAt, time.Minute)
		require.NoError(t, c.Retry(ctx, failed.ID))
		require.Equal(t, "fails", next(t, got))
		require.Len(t, one("fails", jobs.GivenUp).Failures, 2)
		require.NoError(t, c.Discard(ctx, failed.ID))
		require.ErrorIs(t, c.Retry(ctx, failed.ID), jobs.ErrNotFound)

		require.NoError(t, c.Enqueue(ctx, "m", "waits", nil, late))
		require.NoError(t, c.Retry(ctx, one("waits", jobs.Waiting).ID), "now, and not in an hour")
		require.Equal(t, "waits", next(t, got))
		over := one("waits", jobs.Done)
		require.ErrorIs(t, c.Retry(ctx, over.ID), jobs.ErrDone)
		require.ErrorIs(t, c.Discard(ctx, over.ID), jobs.ErrDone)

		require.NoError(t, c.Enqueue(ctx, "m", "hangs", nil, module.JobOptions{}))
		require.Equal(t, "hangs", next(t, got))
		running := one("hangs", jobs.Running)
		require.ErrorIs(t, c.Retry(ctx, running.ID), jobs.ErrRunning)
		require.ErrorIs(t, c.Discard(ctx, running.ID), jobs.ErrRunning)
		close(release)
		none(t, got)
	})
}

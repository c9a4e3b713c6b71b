package jobs

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/stretchr/testify/require"
)

// table is a number of rows; a batch with too many of them takes too long.
type table struct {
	rows, tooMany int
	batches       []int
}

func (t *table) some(ctx context.Context, limit int) (int, error) {
	if limit >= t.tooMany {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	n := min(limit, t.rows)
	t.rows -= n
	t.batches = append(t.batches, n)
	return n, nil
}

func TestSweeper_takes_fewer_rows_at_once_when_a_batch_does_not_end(t *testing.T) {
	for _, tooMany := range []int{2, 8, 20} {
		x := &table{rows: 50, tooMany: tooMany}
		s := sweeper{"rows", x.some}
		require.NoError(t, s.sweep(t.Context(), pace{all: time.Minute, batch: 20 * time.Millisecond}, nil))
		require.Zero(t, x.rows, tooMany)
		for _, n := range x.batches {
			require.Less(t, n, tooMany)
		}
	}
}

func TestSweeper_ends_when_its_time_is_over(t *testing.T) {
	x := &table{rows: 100, tooMany: 0}
	err := sweeper{"rows", x.some}.sweep(t.Context(), pace{all: 100 * time.Millisecond, batch: time.Millisecond}, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "remove rows")
	require.Equal(t, 100, x.rows)
}

func TestSweeper_ends_after_a_batch_when_the_program_does(t *testing.T) {
	x := &table{rows: 1 << 30, tooMany: 1 << 30}
	stopping := make(chan struct{})
	close(stopping)
	require.NoError(t, sweeper{"rows", x.some}.sweep(t.Context(), pace{all: time.Hour, batch: time.Hour}, stopping))
	require.Less(t, len(x.batches), 1000)
}

// finished is an executor that is only asked to remove jobs.
type finished struct {
	riverdriver.Executor
	left, most int
	failed     error
}

func (f *finished) JobDeleteBefore(_ context.Context, p *riverdriver.JobDeleteBeforeParams) (int, error) {
	n := min(p.Max, f.left)
	f.left -= n
	f.most = max(f.most, n)
	return n, f.failed
}

func TestFinished_jobs_are_removed_in_brief_transactions(t *testing.T) {
	for left, want := range map[int]int{0: 0, 7: 7, 50: 50, 1234: 1000} {
		f := &finished{left: left}
		n, err := briefExecutor{toldExecutor{Executor: f}}.JobDeleteBefore(t.Context(), &riverdriver.JobDeleteBeforeParams{Max: 1000})
		require.NoError(t, err)
		require.Equal(t, []int{want, left - want}, []int{n, f.left})
		require.LessOrEqual(t, f.most, removedAtOnce)
	}
	f := &finished{left: 100, failed: errors.New("no")}
	_, err := briefExecutor{toldExecutor{Executor: f}}.JobDeleteBefore(t.Context(), &riverdriver.JobDeleteBeforeParams{Max: 1000})
	require.ErrorIs(t, err, f.failed)
	require.Equal(t, 50, f.left)
}

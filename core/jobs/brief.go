package jobs

import (
	"context"
	"maps"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

const (
	// doneAtOnce is how many jobs are marked done in one SQLite transaction.
	doneAtOnce = 3
	// takenAtOnce is how many are taken from a queue in one transaction.
	takenAtOnce = 2
	// removedAtOnce is how many finished jobs are removed in one transaction;
	// after a busy hour River has ten thousand.
	removedAtOnce = 50
	// noteEvery is the pause between two transactions that mark jobs, of which
	// River has a batch four times a second: a single core is not kept busy with
	// them for long. Batches of more than hurry jobs are done without pauses.
	noteEvery = 4 * time.Millisecond
	hurry     = 100
)

// briefExecutor takes jobs, marks them done and removes them in several
// transactions where River uses one long one: on SQLite every other writer waits
// for that.
type briefExecutor struct{ toldExecutor }

// JobSetStateIfRunningMany marks each job by itself; after an error River marks
// them all again, which changes nothing for those already marked.
func (e briefExecutor) JobSetStateIfRunningMany(ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	var all []*rivertype.JobRow
	for from := 0; from < len(p.ID); from += doneAtOnce {
		to := min(from+doneAtOnce, len(p.ID))
		rows, err := e.Executor.JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{
			ID: p.ID[from:to], Attempt: p.Attempt[from:to], ErrData: p.ErrData[from:to], FinalizedAt: p.FinalizedAt[from:to],
			MetadataDoMerge: p.MetadataDoMerge[from:to], MetadataUpdates: p.MetadataUpdates[from:to], Now: p.Now,
			ScheduledAt: p.ScheduledAt[from:to], Schema: p.Schema, State: p.State[from:to],
		})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if to < len(p.ID) && len(p.ID) <= hurry {
			time.Sleep(noteEvery)
		}
	}
	return all, nil
}

// JobGetAvailable returns the jobs it has taken even if the rest cannot be:
// nobody else would run them.
func (e briefExecutor) JobGetAvailable(ctx context.Context, p *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	var all riverdriver.JobGetAvailableResult
	for len(all.Jobs) < p.MaxToLock {
		part := *p
		part.MaxToLock = min(takenAtOnce, p.MaxToLock-len(all.Jobs))
		some, err := e.Executor.JobGetAvailable(ctx, &part)
		switch {
		case err != nil && len(all.Jobs) == 0:
			return nil, err
		case err != nil:
			return &all, nil //nolint:nilerr // the rest is taken next time
		}
		all.Jobs = append(all.Jobs, some.Jobs...)
		if all.DecodeErrors == nil {
			all.DecodeErrors = some.DecodeErrors
		} else {
			maps.Copy(all.DecodeErrors, some.DecodeErrors)
		}
		if len(some.Jobs) < part.MaxToLock {
			break
		}
	}
	return &all, nil
}

// JobDeleteBefore counts the jobs it has removed even if the rest cannot be.
func (e briefExecutor) JobDeleteBefore(ctx context.Context, p *riverdriver.JobDeleteBeforeParams) (int, error) {
	all := 0
	for all < p.Max {
		part := *p
		part.Max = min(removedAtOnce, p.Max-all)
		begin := time.Now()
		n, err := e.Executor.JobDeleteBefore(ctx, &part)
		all += n
		if err != nil || n < part.Max {
			return all, err
		}
		select { // leave others as much time as that took
		case <-time.After(time.Since(begin)):
		case <-ctx.Done():
			return all, ctx.Err()
		}
	}
	return all, nil
}

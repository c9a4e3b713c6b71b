package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/module"
)

// The module's jobs; they are stored under these names.
const (
	jobShow      = "show"      // tell the room where its recording is
	jobCollect   = "collect"   // bring the metadata collector
	jobUncollect = "uncollect" // send it away
	jobSettle    = "settle"    // find out what became of a start
	jobSweep     = "sweep"     // end an egress that nobody waits for
	jobHalt      = "halt"      // end an egress whose stop failed
	jobWarn      = "warn"      // the limit is near
	jobLimit     = "limit"     // the limit is reached
	jobTell      = "tell"      // tell the room that the limit ended it
	jobFarewell  = "farewell"  // tell the room that it failed
	jobAwait     = "await"     // take the file for stored
	jobMail      = "mail"      // tell an owner
	jobRetry     = "retry"     // tell again whoever was not told
	jobReconcile = "reconcile" // ask LiveKit what it knows
)

// about is what a job is about.
type about struct {
	Recording uuid.UUID `json:"recording"`
	Owner     uuid.UUID `json:"owner,omitzero"` // of jobMail
}

func jobFor(kind string, id uuid.UUID, delay time.Duration) module.NextJob {
	return module.NextJob{Kind: kind, Args: about{Recording: id}, Options: module.JobOptions{Delay: delay}}
}

// enqueue stores a job outside of a step; one that waits already is enough.
func (s *service) enqueue(ctx context.Context, kind string, id uuid.UUID, delay time.Duration) error {
	return s.jobs.Enqueue(ctx, kind, about{Recording: id}, module.JobOptions{Unique: kind + ":" + id.String(), Delay: delay})
}

// work runs one attempt of a job. A recording that was deleted needs nothing.
func (s *service) work(ctx context.Context, j module.Job) error {
	if j.Kind == jobReconcile {
		return s.reconcileNow(ctx)
	}
	var a about
	if err := json.Unmarshal(j.Args, &a); err != nil {
		return fmt.Errorf("read job %s: %w: %w", j.Kind, module.ErrGiveUp, err)
	}
	do := map[string]func(context.Context, module.Recording) error{
		jobCollect: s.collect, jobUncollect: s.uncollect, jobSettle: s.settle, jobSweep: s.sweep, jobHalt: s.halt,
		jobWarn: s.warn, jobLimit: s.limit, jobTell: s.tellLimit, jobFarewell: s.farewell, jobAwait: s.await, jobRetry: s.retry,
	}[j.Kind]
	switch {
	case j.Kind == jobShow:
		return s.show(ctx, a.Recording)
	case j.Kind == jobMail:
		do = func(ctx context.Context, r module.Recording) error { return s.mail(ctx, r, a.Owner) }
	case do == nil:
		return fmt.Errorf("job %s: %w", j.Kind, module.ErrGiveUp)
	}
	r, err := s.recordings.ByID(ctx, a.Recording)
	if errors.Is(err, module.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return do(ctx, r)
}

package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
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
	// Try makes a mail that was sent before another one, and a retry one that
	// is for everybody; "" = neither.
	Try string `json:"try,omitempty"`
}

// RetryJob has those told of a saved recording who were not, or everybody. It
// is for operators: the module's own jobs need none.
func RetryJob(id uuid.UUID, everybody bool) module.NextJob {
	a := about{Recording: id}
	if everybody {
		a.Try = uuid.NewString()
	}
	return module.NextJob{Kind: jobRetry, Args: a}
}

// HaltJob ends the egress of a recording that was given up, and stores what it
// recorded. It is for operators.
func HaltJob(id uuid.UUID) module.NextJob { return jobFor(jobHalt, id, 0) }

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
		jobWarn: s.warn, jobLimit: s.limit, jobTell: s.tellLimit, jobFarewell: s.farewell, jobAwait: s.await,
		jobMail:  func(ctx context.Context, r module.Recording) error { return s.mail(ctx, r, a.Owner, a.Try) },
		jobRetry: func(ctx context.Context, r module.Recording) error { return s.retry(ctx, r, a.Try) },
	}[j.Kind]
	switch {
	case j.Kind == jobShow:
		return s.show(ctx, a.Recording)
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

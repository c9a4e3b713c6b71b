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

// The module's jobs, under the names they are stored by.
const (
	jobShow      = "show"      // show the recording's status in the room
	jobCollect   = "collect"   // bring the metadata collector
	jobUncollect = "uncollect" // send it away
	jobSettle    = "settle"    // find out what became of a start
	jobSweep     = "sweep"     // end an egress that nobody is waiting for
	jobHalt      = "halt"      // end an egress whose stop failed
	jobWarn      = "warn"      // warn that the limit is near
	jobLimit     = "limit"     // the limit is reached
	jobTell      = "tell"      // tell the room that the limit ended its recording
	jobFarewell  = "farewell"  // tell the room that its recording failed
	jobAwait     = "await"     // consider the file stored
	jobMail      = "mail"      // tell an owner
	jobRetry     = "retry"     // repeat notices to those who were not told
	jobReconcile = "reconcile" // ask LiveKit what it knows
)

// about is the argument of every job.
type about struct {
	Recording uuid.UUID `json:"recording"`
	Owner     uuid.UUID `json:"owner,omitzero"` // of jobMail
	// Try tells a repeated mail from the one sent before, and makes a retry include
	// everybody; "" = neither.
	Try string `json:"try,omitempty"`
}

// RetryJob repeats the notices of a saved recording, to those who were not told or to
// everybody. It is for operators: the module itself never needs it.
func RetryJob(id uuid.UUID, everybody bool) module.NextJob {
	a := about{Recording: id}
	if everybody {
		a.Try = uuid.NewString()
	}
	return module.NextJob{Kind: jobRetry, Args: a}
}

// HaltJob ends the egress of a recording that was given up, and stores what it recorded.
// It is for operators.
func HaltJob(id uuid.UUID) module.NextJob { return jobFor(jobHalt, id, 0) }

func jobFor(kind string, id uuid.UUID, delay time.Duration) module.NextJob {
	return module.NextJob{Kind: kind, Args: about{Recording: id}, Options: module.JobOptions{Delay: delay}}
}

// enqueue stores a job outside a step, unless one is already waiting.
func (s *service) enqueue(ctx context.Context, kind string, id uuid.UUID, delay time.Duration) error {
	return s.jobs.Enqueue(ctx, kind, about{Recording: id}, module.JobOptions{Unique: kind + ":" + id.String(), Delay: delay})
}

// work runs one attempt of a job. Nothing is left to do for a recording that was
// deleted.
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

package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// What a look at jobs, or a change of one, fails with.
var (
	// ErrNotFound tells that there is no such job.
	ErrNotFound = errors.New("job not found")
	// ErrRunning tells that the job cannot be changed while it runs.
	ErrRunning = errors.New("the job is running")
	// ErrDone tells that the job is done, and nothing is left to change.
	ErrDone = errors.New("the job is done")
)

// State is where a job is, as operators see it.
type State string

// The states.
const (
	Waiting State = "waiting"  // for its time, for a worker, or for another try
	Running State = "running"  // or its process died, and it will be taken over
	GivenUp State = "given_up" // it failed for good; kept for 30 days
	Done    State = "done"     // kept for an hour
)

// queued are the queue's own states of each.
var queued = map[State][]rivertype.JobState{
	Waiting: {rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled},
	Running: {rivertype.JobStateRunning},
	GivenUp: {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
	Done:    {rivertype.JobStateCompleted},
}

// Known tells whether there is such a state.
func (s State) Known() bool { return len(queued[s]) > 0 }

func stateOf(s rivertype.JobState) State {
	for state, list := range queued {
		if slices.Contains(list, s) {
			return state
		}
	}
	return State(s)
}

// Filter chooses jobs; the zero value of a field chooses all.
type Filter struct {
	States []State
	Topic  string // a module's name, or a topic of the core such as core.mail
	Kind   string // the topic's own name for it, or "event" for a delivery
	Before int64  // only jobs with a lower id
	Limit  int    // 1 to 1000
}

// Job is one job as operators see it. What it works with is not shown: it may
// be private.
type Job struct {
	ID          int64
	Topic, Kind string
	About       string // ids that it is about, such as "recording=0b8f…"
	State       State
	Attempts    int // so far
	MaxAttempts int
	CreatedAt   time.Time
	Next        time.Time // when a waiting one is due, else zero
	EndedAt     time.Time // zero unless it is given up or done
	Failures    []Failure // of attempts, oldest first
}

// Failure is how one attempt failed.
type Failure struct {
	Attempt int
	At      time.Time
	Error   string
}

// Error is why the last attempt failed, "" when none did.
func (j Job) Error() string {
	if len(j.Failures) == 0 {
		return ""
	}
	return j.Failures[len(j.Failures)-1].Error
}

// List gives the chosen jobs, the newest first.
func (c *Client) List(ctx context.Context, f Filter) ([]Job, error) {
	rows, err := c.queue.list(ctx, f.params())
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	list := make([]Job, len(rows))
	for i, row := range rows {
		list[i] = jobOf(row)
	}
	return list, nil
}

func (f Filter) params() *river.JobListParams {
	p := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(min(max(f.Limit, 1), 1000))
	if len(f.States) > 0 {
		var states []rivertype.JobState
		for _, s := range f.States {
			states = append(states, queued[s]...)
		}
		p = p.States(states...)
	}
	if f.Before > 0 {
		p = p.Where("id < @before", river.NamedArgs{"before": f.Before})
	}
	if f.Topic != "" {
		p = p.Where("args ->> 'module' = @topic", river.NamedArgs{"topic": f.Topic})
	}
	if f.Kind != "" { // a delivery is one by its own kind
		p = p.Where("COALESCE(args ->> 'kind', kind) = @job_kind", river.NamedArgs{"job_kind": f.Kind})
	}
	return p
}

// ByID gives one job; ErrNotFound.
func (c *Client) ByID(ctx context.Context, id int64) (Job, error) {
	row, err := c.queue.byID(ctx, id)
	if err != nil {
		return Job{}, fmt.Errorf("find job %d: %w", id, known(err))
	}
	return jobOf(row), nil
}

// Retry has a job that was given up, or that waits, run now, with one more
// attempt when it has none left; ErrNotFound, ErrRunning, ErrDone.
func (c *Client) Retry(ctx context.Context, id int64) error {
	return c.change(ctx, "retry", id, c.queue.retry)
}

// Discard removes a job that was given up, or that waits: it will not run
// again. ErrNotFound, ErrRunning, ErrDone.
func (c *Client) Discard(ctx context.Context, id int64) error {
	return c.change(ctx, "discard", id, c.queue.remove)
}

func (c *Client) change(ctx context.Context, what string, id int64, do func(context.Context, int64) error) error {
	j, err := c.ByID(ctx, id)
	if err != nil {
		return err
	}
	switch j.State {
	case Running:
		err = ErrRunning
	case Done:
		err = ErrDone
	default: // a job that is done meanwhile is run again, which jobs bear
		err = known(do(ctx, id))
	}
	if err != nil {
		return fmt.Errorf("%s job %d: %w", what, id, err)
	}
	return nil
}

// known gives an error of the queue our identity.
func known(err error) error {
	switch {
	case errors.Is(err, rivertype.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, rivertype.ErrJobRunning):
		return ErrRunning
	}
	return err
}

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

// Errors of inspecting or changing jobs.
var (
	// ErrNotFound: there is no such job.
	ErrNotFound = errors.New("job not found")
	// ErrRunning: the job cannot be changed while it runs.
	ErrRunning = errors.New("the job is running")
	// ErrDone: the job is done, so nothing is left to change.
	ErrDone = errors.New("the job is done")
)

// State is where a job is, as operators see it.
type State string

// The states.
const (
	Waiting State = "waiting"  // for its time, for a worker, or for another attempt
	Running State = "running"  // or its process died, and another will take it over
	GivenUp State = "given_up" // it failed for good; kept for 30 days
	Done    State = "done"     // kept for an hour
)

// queued are River's own states for each.
var queued = map[State][]rivertype.JobState{
	Waiting: {rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled},
	Running: {rivertype.JobStateRunning},
	GivenUp: {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
	Done:    {rivertype.JobStateCompleted},
}

// Known reports whether there is such a state.
func (s State) Known() bool { return len(queued[s]) > 0 }

func stateOf(s rivertype.JobState) State {
	for state, list := range queued {
		if slices.Contains(list, s) {
			return state
		}
	}
	return State(s)
}

// Filter selects jobs; the zero value of a field matches all.
type Filter struct {
	States []State
	Topic  string // a module's name, or a topic of the core such as core.mail
	Kind   string // the topic's own name for it, or "event" for a delivery
	Before int64  // only jobs with a lower id
	Limit  int    // 1 to 1000
}

// Job is one job as operators see it. Its arguments are not shown, since they may
// be private.
type Job struct {
	ID          int64
	Topic, Kind string
	About       string // ids that it concerns, such as "recording=0b8f…"
	State       State
	Attempts    int // so far
	MaxAttempts int
	CreatedAt   time.Time
	Next        time.Time // when a waiting job is due, else zero
	EndedAt     time.Time // zero unless it was given up or is done
	Failures    []Failure // of attempts, oldest first
}

// Failure is how one attempt failed.
type Failure struct {
	Attempt int
	At      time.Time
	Error   string
}

// Error is why the last attempt failed, "" if none did.
func (j Job) Error() string {
	if len(j.Failures) == 0 {
		return ""
	}
	return j.Failures[len(j.Failures)-1].Error
}

// List returns the selected jobs, newest first.
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
	if f.Kind != "" { // deliveries have a kind of their own
		p = p.Where("COALESCE(args ->> 'kind', kind) = @job_kind", river.NamedArgs{"job_kind": f.Kind})
	}
	return p
}

// ByID returns one job, or ErrNotFound.
func (c *Client) ByID(ctx context.Context, id int64) (Job, error) {
	row, err := c.queue.byID(ctx, id)
	if err != nil {
		return Job{}, fmt.Errorf("find job %d: %w", id, known(err))
	}
	return jobOf(row), nil
}

// Retry makes a job that was given up, or that waits, run now, adding an attempt
// if it has none left. Errors are ErrNotFound, ErrRunning, ErrDone.
func (c *Client) Retry(ctx context.Context, id int64) error {
	return c.change(ctx, "retry", id, c.queue.retry)
}

// Discard removes a job that was given up, or that waits: it will not run again.
// Errors are ErrNotFound, ErrRunning, ErrDone.
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
	default: // a job finished in the meantime is run again, which jobs must tolerate
		err = known(do(ctx, id))
	}
	if err != nil {
		return fmt.Errorf("%s job %d: %w", what, id, err)
	}
	return nil
}

// known turns an error of the queue into one of ours.
func known(err error) error {
	switch {
	case errors.Is(err, rivertype.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, rivertype.ErrJobRunning):
		return ErrRunning
	}
	return err
}

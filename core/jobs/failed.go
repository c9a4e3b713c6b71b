package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// ErrNotFound tells that there is no such job.
var ErrNotFound = errors.New("job not found")

// Failed is a job that was given up. It can be seen and retried for 30 days.
type Failed struct {
	ID       int64
	Module   string
	Kind     string // the module's own name for it, or "event"
	EventID  string // of a delivery, else ""
	Attempts int
	Error    string // of the last attempt
	At       time.Time
}

// Failed lists up to limit (1 to 1000) jobs that were given up, the latest
// first.
func (c *Client) Failed(ctx context.Context, limit int) ([]Failed, error) {
	rows, err := c.queue.list(ctx, river.NewJobListParams().
		States(rivertype.JobStateDiscarded, rivertype.JobStateCancelled).
		OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).
		First(min(max(limit, 1), 1000)))
	if err != nil {
		return nil, fmt.Errorf("list failed jobs: %w", err)
	}
	list := make([]Failed, 0, len(rows))
	for _, row := range rows {
		f := Failed{ID: row.ID, Kind: row.Kind, Attempts: row.Attempt}
		var args struct {
			Module  string `json:"module"`
			Kind    string `json:"kind"`
			EventID string `json:"event_id"`
		}
		if json.Unmarshal(row.EncodedArgs, &args) == nil { // a job that cannot be read is listed all the same
			f.Module, f.EventID = args.Module, args.EventID
			if args.Kind != "" {
				f.Kind = args.Kind
			}
		}
		if row.FinalizedAt != nil {
			f.At = row.FinalizedAt.UTC()
		}
		if n := len(row.Errors); n > 0 {
			f.Error = row.Errors[n-1].Error
		}
		list = append(list, f)
	}
	return list, nil
}

// Retry runs the job again now, with one more attempt when it has none left;
// ErrNotFound. A job that is under way or done is left alone or run again.
func (c *Client) Retry(ctx context.Context, id int64) error {
	err := c.queue.retry(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	return nil
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

const cleanupEvery = time.Hour

// processesKept is how long the external service may take to tell how a job of
// its own ended, and how long a result waits for a recording.
const processesKept = 30 * 24 * time.Hour

// cleanupArgs is the removal of what has expired: sessions, module values,
// revoked tokens, jobs of the external service, webhook events, and lines of the
// audit log. It is a job, so that one replica does it.
type cleanupArgs struct{}

// Kind names the worker.
func (cleanupArgs) Kind() string { return "cleanup" }

// cleanupSchedule stores one at the start and then every hour, by the replica
// that keeps house; one that is still waiting is enough.
func cleanupSchedule() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(cleanupEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return cleanupArgs{}, &river.InsertOpts{
				MaxAttempts: 1, // the next one is its retry
				UniqueOpts:  river.UniqueOpts{ByArgs: true, ByState: unfinished()},
			}
		}, &river.PeriodicJobOpts{RunOnStart: true})
}

type cleanupWorker struct {
	river.WorkerDefaults[cleanupArgs]
	client *Client
}

// Work removes what has expired.
func (w *cleanupWorker) Work(ctx context.Context, j *river.Job[cleanupArgs]) error {
	return w.client.attempt(ctx, j.JobRow, "core", "cleanup", w.client.cleanUp)
}

func (c *Client) cleanUp(ctx context.Context) error {
	now := time.Now().UTC()
	var errs []error
	if _, err := c.store.DeleteExpiredSessions(ctx, now); err != nil {
		errs = append(errs, fmt.Errorf("remove expired sessions: %w", err))
	}
	if _, err := c.store.DeleteExpiredKV(ctx, now); err != nil {
		errs = append(errs, fmt.Errorf("remove expired module values: %w", err))
	}
	if _, err := c.store.DeleteExpiredRevocations(ctx, now); err != nil {
		errs = append(errs, fmt.Errorf("remove revoked tokens that are over: %w", err))
	}
	if _, err := c.store.DeleteProcessesBefore(ctx, now.Add(-processesKept)); err != nil {
		errs = append(errs, fmt.Errorf("remove old processes: %w", err))
	}
	if c.retention > 0 {
		if _, err := c.store.DeleteEventsBefore(ctx, now.Add(-c.retention)); err != nil {
			errs = append(errs, fmt.Errorf("remove old events: %w", err))
		}
	}
	if c.auditRetention > 0 {
		if _, err := c.store.DeleteAuditBefore(ctx, now.Add(-c.auditRetention)); err != nil {
			errs = append(errs, fmt.Errorf("remove old lines of the audit log: %w", err))
		}
	}
	return errors.Join(errs...)
}

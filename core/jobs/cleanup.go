package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

const cleanupEvery = time.Hour

// processesKept is how long the external service may take to report how a job of
// its own ended, and how long a result waits for a recording.
const processesKept = 30 * 24 * time.Hour

// standingsKept is how long an ended admission is remembered: whoever came before
// it ended may still be in the meeting.
const standingsKept = time.Hour

// cleanupArgs is the removal of what has expired: sessions, module values
// (including keys of idempotent requests), standings with meetings, revoked
// tokens, jobs of the external service, webhook events, and lines of the audit
// log. It is a job so that only one replica does it.
type cleanupArgs struct{}

// Kind names the worker.
func (cleanupArgs) Kind() string { return "cleanup" }

// cleanupSchedule makes the leading replica store one at start and then every
// hour; one that is still waiting is enough.
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

// Timeout lets a clean-up take longer than other jobs.
func (w *cleanupWorker) Timeout(*river.Job[cleanupArgs]) time.Duration { return w.client.pace.all }

// cleanUp gives each sweeper a share of the time: none takes another's, and a
// failing one does not stop the others.
func (c *Client) cleanUp(ctx context.Context) error {
	list := c.sweepers(time.Now().UTC())
	share := c.pace
	share.all /= time.Duration(len(list) + 1) // the rest is for recording the end
	var errs []error
	for _, s := range list {
		errs = append(errs, s.sweep(ctx, share, c.ending))
	}
	return errors.Join(errs...)
}

// sweepers remove what is over at now. Each has a fixed bound, so that it ends
// even if more keeps coming.
func (c *Client) sweepers(now time.Time) []sweeper {
	until := func(some func(context.Context, time.Time, int) (int, error), bound time.Time) func(context.Context, int) (int, error) {
		return func(ctx context.Context, limit int) (int, error) { return some(ctx, bound, limit) }
	}
	list := []sweeper{
		{"expired sessions", until(c.store.DeleteExpiredSessions, now)},
		{"expired module values", until(c.store.DeleteExpiredKV, now)},
		{"standings that are over", until(c.store.DeleteExpiredStandings, now.Add(-standingsKept))},
		{"revoked tokens that are over", until(c.store.DeleteExpiredRevocations, now)},
		{"old processes", until(c.store.DeleteProcessesBefore, now.Add(-processesKept))},
	}
	if c.retention > 0 {
		list = append(list, sweeper{"old events", until(c.store.DeleteEventsBefore, now.Add(-c.retention))})
	}
	if c.auditRetention > 0 {
		list = append(list, sweeper{"old lines of the audit log", until(c.store.DeleteAuditBefore, now.Add(-c.auditRetention))})
	}
	return list
}

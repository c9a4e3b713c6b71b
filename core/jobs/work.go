package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/codes"

	"foyer/core/store"
	"foyer/sdk/module"
)

type moduleWorker struct {
	river.WorkerDefaults[moduleArgs]
	client *Client
}

// Work runs one attempt of a module's job.
func (w *moduleWorker) Work(ctx context.Context, j *river.Job[moduleArgs]) error {
	a := j.Args
	return w.client.attempt(ctx, j.JobRow, a.Module, a.Name, func(ctx context.Context) error {
		return w.client.runner.Work(ctx, a.Module, module.Job{Kind: a.Name, Args: a.Args, Attempt: j.Attempt})
	})
}

type eventWorker struct {
	river.WorkerDefaults[eventArgs]
	client *Client
}

// Work delivers one event to one module.
func (w *eventWorker) Work(ctx context.Context, j *river.Job[eventArgs]) error {
	a := j.Args
	return w.client.attempt(ctx, j.JobRow, a.Module, "event", func(ctx context.Context) error {
		e, err := w.client.store.EventByID(ctx, a.EventID)
		if errors.Is(err, store.ErrNotFound) {
			return river.JobCancel(fmt.Errorf("event %s is no longer stored", a.EventID))
		}
		if err != nil {
			return fmt.Errorf("load event %s: %w", a.EventID, err)
		}
		err = w.client.runner.Deliver(ctx, a.Module,
			module.Event{ID: e.ID, Name: e.Name, Room: e.Room, At: e.ReceivedAt, Body: e.Body})
		if errors.Is(err, module.ErrInvalid) { // the event will be just as invalid next time
			err = fmt.Errorf("%w: %w", module.ErrGiveUp, err)
		}
		return err
	})
}

// attempt runs do in the trace that stored the job, and reports how it ended.
func (c *Client) attempt(ctx context.Context, row *rivertype.JobRow, moduleName, kind string, do func(context.Context) error) error {
	ctx, span := continueTrace(ctx, row, moduleName, kind)
	defer span.End()
	begin := time.Now()
	err := recovered(store.Behind(ctx), do)
	if errors.Is(err, module.ErrGiveUp) {
		err = river.JobCancel(err)
	}

	outcome := done
	if errors.Is(err, module.ErrPostponed) {
		outcome = postponed
	} else if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, "attempt failed")
		outcome = failed
		if _, cancelled := errors.AsType[*rivertype.JobCancelError](err); cancelled || row.Attempt >= row.MaxAttempts {
			outcome = givenUp
		}
	}
	c.metrics.record(ctx, moduleName, kind, outcome, time.Since(begin))
	c.report(ctx, row, moduleName, kind, outcome, err)
	if outcome == postponed {
		return river.JobSnooze(until(row.Metadata))
	}
	return err
}

func (c *Client) report(ctx context.Context, row *rivertype.JobRow, moduleName, kind string, o outcome, err error) {
	level, text := slog.LevelDebug, "job done"
	switch o {
	case postponed:
		text = "job postponed"
	case failed:
		level, text = slog.LevelWarn, "job failed, will be retried"
	case givenUp:
		level, text = slog.LevelError, "job given up"
	}
	attrs := []slog.Attr{
		slog.Int64("job", row.ID), slog.String("module", moduleName), slog.String("kind", kind),
		slog.Int("attempt", row.Attempt), slog.Int("max_attempts", row.MaxAttempts),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
		if p, ok := errors.AsType[*panicked](err); ok {
			attrs = append(attrs, slog.String("stack", p.stack))
		}
	}
	c.log.LogAttrs(ctx, level, text, attrs...)
}

// panicked is a panic as an error: one module's bug ends only one attempt.
type panicked struct {
	value any
	stack string
}

// Error returns the value; the stack is logged separately.
func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func recovered(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{value: v, stack: string(debug.Stack())}
		}
	}()
	return do(ctx)
}

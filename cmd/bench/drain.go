package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/store"
)

// drained is how many recordings end at once.
const drained = 1000

// drain measures how soon everybody has been told about recordings that end at once,
// from the first webhook to the last recording in its final state.
func drain(ctx context.Context, dir string, _ time.Duration) ([]figure, error) {
	var all []figure
	for _, run := range []string{"inprocess", "process"} {
		took, err := drainIn(ctx, dir, run)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", run, err)
		}
		where := ""
		if run == "process" {
			where = ", the modules in processes of their own"
		}
		rate := drained / took.Minutes()
		all = append(all, figure{
			what:     "finished recordings, each told to a summary service that answers at once and mailed to its owner" + where,
			measured: fmt.Sprintf("%.0f a minute (1,000 in %.1f s)", rate, took.Seconds()),
			promise:  "at least 1,000 a minute",
			met:      rate >= 1000,
		})
	}
	return all, nil
}

func drainIn(ctx context.Context, dir, run string) (took time.Duration, err error) {
	s, err := newStudio(ctx, dir, "drain-"+run, run, "", recorders)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	list, err := s.film(ctx, drained)
	if err != nil {
		return 0, err
	}
	ends, err := s.ends(list)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := s.finish(ends); err != nil {
		return 0, err
	}
	err = s.withStore(ctx, func(db *store.Store) error {
		var failed error
		err := await("recordings that are final", func() bool {
			var final []store.RecordingLine
			final, failed = db.RecordingLines(ctx, store.RecordingCursor{}, store.RecordingNotified, drained)
			return failed != nil || len(final) == drained
		})
		return errors.Join(failed, err)
	})
	return time.Since(start), err
}

package recording

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/livekit"
	"foyer/core/module"
)

const (
	// pageSize is how many recordings are read at once.
	pageSize = 500
	// reconcileHold is when the lock of a replica that died is free again.
	reconcileHold = 5 * time.Minute
)

// scheduleReconcile stores the next look at LiveKit. Time is cut in slots, and
// a slot has one job over all replicas.
func (s *service) scheduleReconcile(ctx context.Context) error {
	every := s.config.Patience.Reconcile
	slot := s.now().Truncate(every).Add(every)
	return s.jobs.Enqueue(ctx, jobReconcile, about{}, module.JobOptions{
		Unique: fmt.Sprintf("%s:%d", jobReconcile, slot.UnixNano()), Delay: slot.Sub(s.now()),
	})
}

// reconcileNow compares what LiveKit knows with what is under way here, unless
// another replica does so now. What goes wrong is for the next slot: that has
// been stored before.
func (s *service) reconcileNow(ctx context.Context) error {
	if err := s.scheduleReconcile(ctx); err != nil {
		return err
	}
	owner := []byte(uuid.NewString())
	alone, err := s.kv.PutIfAbsent(ctx, jobReconcile, owner, reconcileHold)
	if err != nil || !alone {
		return err
	}
	defer func() {
		_, _ = s.kv.DeleteIf(context.WithoutCancel(ctx), jobReconcile, owner)
	}()
	if err := s.reconcile(ctx); err != nil {
		s.log.WarnContext(ctx, "recordings not reconciled, the next look is in time", "error", err)
	}
	return nil
}

// reconcile repairs what a lost webhook or a crash has left behind. LiveKit is
// asked once, however many recordings there are.
func (s *service) reconcile(ctx context.Context) error {
	page, err := s.recordings.Pending(ctx, module.Recording{}, pageSize)
	if err != nil || len(page) == 0 {
		return err
	}
	// Read after the page: an egress of a recording on it is known by now.
	known, err := s.live.ListEgress(ctx, "", false)
	if err != nil {
		return err
	}
	byID, byFile := index(known)
	began := s.now()
	var errs []error
	for len(page) > 0 {
		for _, r := range page {
			e, found := byID[r.Worker]
			if !found {
				e, found = byFile[r.ID]
			}
			if err := s.compare(ctx, r, e, found, began); err != nil {
				errs = append(errs, fmt.Errorf("recording %s: %w", r.ID, err))
			}
		}
		if page, err = s.recordings.Pending(ctx, page[len(page)-1], pageSize); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// index finds egresses by their id, and by the recording their file is named
// after: one that runs before one that has ended.
func index(known []livekit.Egress) (byID map[string]livekit.Egress, byFile map[uuid.UUID]livekit.Egress) {
	byID, byFile = map[string]livekit.Egress{}, map[uuid.UUID]livekit.Egress{}
	for _, e := range known {
		byID[e.ID] = e
		if id, ok := recordingIn(e.Path); ok {
			if other, there := byFile[id]; !there || other.Status.Final() {
				byFile[id] = e
			}
		}
	}
	return byID, byFile
}

// compare repairs one recording. began is when LiveKit was asked: it could not
// know of anything later.
func (s *service) compare(ctx context.Context, r module.Recording, e livekit.Egress, found bool, began time.Time) error {
	age, p := began.Sub(r.CreatedAt), s.config.Patience
	switch {
	case found && !told(r, e):
		return s.apply(ctx, r, e)
	case found && r.Stage == module.EgressEnded && !e.EndedAt.IsZero() && began.Sub(e.EndedAt) > p.File && r.Status != module.RecordingNotStopped:
		return s.await(ctx, r)
	case found:
		return nil
	case r.Status == module.RecordingInitiated && age > p.Start:
		return s.notBegun(ctx, r, nil)
	case r.Status == module.RecordingInitiated || age < p.Lost:
		return nil
	case r.Stage == module.EgressEnded && r.Outcome != "":
		return s.await(ctx, r)
	}
	return s.lost(ctx, r)
}

// told tells whether a recording shows all that LiveKit knows, so that nothing
// is written for the many that do.
func told(r module.Recording, e livekit.Egress) bool {
	switch {
	case r.Status == module.RecordingInitiated:
		return false
	case e.Status.Final():
		return r.Stage == module.EgressEnded
	case e.Status == livekit.EgressEnding:
		return r.Stage == module.EgressEnding || r.Stage == module.EgressEnded
	case e.Status == livekit.EgressActive:
		return r.Stage != ""
	}
	return true
}

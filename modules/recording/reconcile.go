package recording

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const (
	// pageSize is how many recordings are read at once.
	pageSize = 500
	// reconcileHold is when a dead replica's lock is free again, unless its attempt at
	// the job ends sooner.
	reconcileHold = 5 * time.Minute
)

// holdFor returns how long this attempt may need the lock.
func (s *service) holdFor(ctx context.Context) time.Duration {
	end, bounded := ctx.Deadline()
	if !bounded {
		return reconcileHold
	}
	return max(min(end.Sub(s.now()), reconcileHold), time.Second)
}

// scheduleReconcile stores the next check with LiveKit. Time is divided into slots, and
// each slot has one job across all replicas.
func (s *service) scheduleReconcile(ctx context.Context) error {
	every := s.config.Patience.Reconcile
	slot := s.now().Truncate(every).Add(every)
	return s.jobs.Enqueue(ctx, jobReconcile, about{}, module.JobOptions{
		Unique: fmt.Sprintf("%s:%d", jobReconcile, slot.UnixNano()), Delay: slot.Sub(s.now()),
	})
}

// reconcileNow compares what LiveKit knows with what is under way here, unless another
// replica is doing so. Failures are left to the next slot, which is already stored.
func (s *service) reconcileNow(ctx context.Context) error {
	if err := s.scheduleReconcile(ctx); err != nil {
		return err
	}
	owner := []byte(uuid.NewString())
	alone, err := s.kv.PutIfAbsent(ctx, jobReconcile, owner, s.holdFor(ctx))
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

// reconcile repairs what a lost webhook or a crash left behind. It asks LiveKit once,
// however many recordings there are.
func (s *service) reconcile(ctx context.Context) error {
	page, err := s.recordings.Pending(ctx, module.Recording{}, pageSize)
	if err != nil || len(page) == 0 {
		return err
	}
	// Asked after the page was read: by now LiveKit knows the egress of every recording
	// on it.
	known, err := s.live.ListEgress(ctx, "", false)
	if err != nil {
		return err
	}
	rooms, err := s.live.ListRooms(ctx)
	if err != nil {
		return err
	}
	seen := knowledge{at: s.now(), live: map[string]bool{}}
	seen.byID, seen.byFile = index(known)
	for _, room := range rooms {
		seen.live[room.Name] = true
	}
	var errs []error
	var doubtful []suspect
	for {
		for _, r := range page {
			if x, ok := seen.suspects(r, s.config.Patience); ok {
				doubtful = append(doubtful, x)
				continue
			}
			err := s.compare(ctx, r, seen)
			seen.noBucket = seen.noBucket || errors.Is(err, errBucket)
			if err != nil {
				errs = append(errs, fmt.Errorf("recording %s: %w", r.ID, err))
			}
		}
		if len(page) < pageSize {
			return errors.Join(append(errs, s.silent(ctx, doubtful))...)
		}
		if page, err = s.recordings.Pending(ctx, page[len(page)-1], pageSize); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
}

// index finds egresses by their id and by the recording that their file is named after,
// preferring running ones to ended ones.
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

// knowledge is what LiveKit knew at one point in time.
type knowledge struct {
	at     time.Time
	byID   map[string]livekit.Egress
	byFile map[uuid.UUID]livekit.Egress
	live   map[string]bool // rooms
	// noBucket: the bucket failed for one recording, and is not asked again.
	noBucket bool
}

func (k knowledge) egress(r module.Recording) (livekit.Egress, bool) {
	e, found := k.byID[r.Worker]
	if !found {
		e, found = k.byFile[r.ID]
	}
	return e, found
}

// unknownEgress is why most lost recordings are lost.
const unknownEgress = "LiveKit does not know its egress"

// compare repairs one recording.
func (s *service) compare(ctx context.Context, r module.Recording, seen knowledge) error {
	e, found := seen.egress(r)
	age, p := seen.at.Sub(r.CreatedAt), s.config.Patience
	overdue := !e.EndedAt.IsZero() && seen.at.Sub(e.EndedAt) > p.File
	switch {
	case found && !told(r, e):
		return s.apply(ctx, r, e)
	case found && r.Stage == module.EgressEnded && overdue && r.Status != module.RecordingNotStopped:
		return s.await(ctx, r)
	case found:
		return nil
	case r.Status == module.RecordingInitiated && age > p.Start:
		return s.notBegun(ctx, r, nil)
	case r.Status == module.RecordingInitiated || age < p.Lost:
		return nil
	case r.Stage == module.EgressEnded && r.Outcome != "":
		return s.await(ctx, r)
	case seen.noBucket:
		_, err := s.free(ctx, r, unknownEgress)
		return err
	}
	return s.lost(ctx, r, unknownEgress)
}

// told reports whether a recording already reflects what LiveKit knows; most do, and
// need no write.
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

package recording

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// errNotStarted means that LiveKit did not begin to record.
var errNotStarted = errors.New("recording not started")

// settleTime is the time for what follows LiveKit's answer.
const settleTime = 15 * time.Second

// showTime bounds updating the room before the request is answered; the job that does so
// anyway runs showDelay later.
const (
	showTime  = 3 * time.Second
	showDelay = 2 * time.Second
)

// start begins a recording for its owner. It returns module.ErrConflict if one is
// already under way in the room, and errNotStarted if LiveKit does not accept it.
func (s *service) start(ctx context.Context, room module.Room, owner uuid.UUID, in request) error {
	if !s.offers(in.mode) {
		if _, err := s.recordings.UnderWay(ctx, room.ID); err == nil {
			return module.ErrConflict
		}
		return fmt.Errorf("no worker for mode %s", in.mode)
	}
	id := uuid.New()
	r, err := s.recordings.Create(ctx, module.NewRecording{ID: id, Room: room.ID, Owner: owner, Mode: in.mode, Options: in.options},
		// If this process dies here, the job finds out what became of the start.
		module.Then{Jobs: []module.NextJob{jobFor(jobSettle, id, s.config.Patience.Start)}})
	if err != nil {
		return err
	}
	// From here on, the caller leaving changes nothing.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), livekit.StartTimeout+settleTime)
	defer cancel()
	e, err := s.live.StartEgress(ctx, s.asked(r))
	if err == nil && e.ID == "" {
		err = errors.New("LiveKit named no egress")
	}
	if err != nil {
		return s.notStarted(ctx, r, err)
	}
	return s.started(ctx, r, e)
}

// started records that the egress is running. LiveKit's webhooks may already have done
// so, or the recording may already be over.
func (s *service) started(ctx context.Context, r module.Recording, e livekit.Egress) error {
	m, then := s.begun(r, e)
	now, moved, err := s.recordings.Move(ctx, r.ID, m, then)
	if err != nil {
		return fmt.Errorf("note that recording %s has begun: %w", r.ID, err)
	}
	if !moved && now.Worker != e.ID {
		// Somebody gave it up in the meantime, so nobody is waiting for this egress.
		return fmt.Errorf("%w: it is %s already (%w)", errNotStarted, now.Status, s.enqueue(ctx, jobSweep, r.ID, 0))
	}
	shown, cancel := context.WithTimeout(ctx, showTime)
	defer cancel()
	if err := s.show(shown, r.ID); err != nil {
		s.log.WarnContext(ctx, "the room is told later that it is recorded", "recording", r.ID, "error", err)
	}
	return nil
}

// begun returns the step to a running egress, and what follows it.
func (s *service) begun(r module.Recording, e livekit.Egress) (module.RecordingMove, module.Then) {
	m := module.RecordingMove{To: module.RecordingActive, From: []string{module.RecordingInitiated}, Worker: e.ID}
	then := module.Then{Jobs: []module.NextJob{jobFor(jobShow, r.ID, showDelay)}}
	if s.collects(r) {
		then.Jobs = append(then.Jobs, jobFor(jobCollect, r.ID, 0))
	}
	if limit := s.config.MaxDuration; limit > 0 {
		m.LimitAt = s.now().Add(limit)
		then.Jobs = append(then.Jobs, jobFor(jobLimit, r.ID, limit))
		if before := s.config.WarnBefore; before > 0 && before < limit {
			then.Jobs = append(then.Jobs, jobFor(jobWarn, r.ID, limit-before))
		}
	}
	return m, then
}

// notStarted releases the room, unless LiveKit has begun in spite of its error: that is
// checked before anybody can try again.
func (s *service) notStarted(ctx context.Context, r module.Recording, cause error) error {
	certain := errors.Is(cause, livekit.ErrNotFound) || errors.Is(cause, livekit.ErrInvalid) || errors.Is(cause, livekit.ErrRefused)
	if !certain {
		e, found, err := s.egressOf(ctx, r)
		if err == nil && found && !e.Status.Final() {
			return s.started(ctx, r, e)
		}
		cause = errors.Join(cause, err)
	}
	m := module.RecordingMove{
		To: module.RecordingNotStarted, From: []string{module.RecordingInitiated}, Reason: cause.Error(), Unresolved: is(!certain),
	}
	var then module.Then
	if !certain { // it may still begin
		then.Jobs = []module.NextJob{jobFor(jobSweep, r.ID, s.config.Patience.Start)}
	}
	now, moved, err := s.recordings.Move(ctx, r.ID, m, then)
	if err == nil && !moved && now.Status == module.RecordingActive {
		return nil // LiveKit reported it in the meantime
	}
	return errors.Join(fmt.Errorf("%w: %w", errNotStarted, cause), err)
}

// egressOf asks LiveKit for the egress of a recording whose egress id is not known yet:
// the file is named after the recording.
func (s *service) egressOf(ctx context.Context, r module.Recording) (e livekit.Egress, found bool, err error) {
	list, err := s.live.ListEgress(ctx, r.Room.String(), false)
	if err != nil && !errors.Is(err, livekit.ErrNoEgress) {
		return e, false, err
	}
	for _, x := range list {
		if strings.Contains(x.Path, r.ID.String()) && (!found || !x.Status.Final()) {
			e, found = x, true
		}
	}
	return e, found, nil
}

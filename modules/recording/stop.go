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

// errNotStopped means that LiveKit did not end the egress, or has not yet.
var errNotStopped = errors.New("recording not stopped")

// stopTime is the time for LiveKit's answer and what follows it.
const stopTime = livekit.DefaultTimeout + settleTime

// stop ends the room's active recording; module.ErrNotFound if there is none.
func (s *service) stop(ctx context.Context, room module.Room) error {
	r, err := s.recordings.UnderWay(ctx, room.ID)
	if err != nil {
		return err
	}
	if r.Status != module.RecordingActive {
		return fmt.Errorf("recording %s is %s: %w", r.ID, r.Status, module.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return s.end(ctx, r)
}

// follow stores jobs outside a step.
func (s *service) follow(ctx context.Context, id uuid.UUID, jobs []module.NextJob) error {
	if len(jobs) == 0 {
		return nil
	}
	_, _, err := s.recordings.Move(ctx, id, module.RecordingMove{}, module.Then{Jobs: jobs})
	return err
}

// end asks LiveKit to end an active recording, and does what follows. A failure is
// recorded: for the room the recording is over, and the egress is watched until it has
// ended, so that its file is not lost.
func (s *service) end(ctx context.Context, r module.Recording, also ...module.NextJob) error {
	e, err := s.live.StopEgress(ctx, r.Worker)
	m := module.RecordingMove{From: []string{module.RecordingActive}, To: module.RecordingNotStopped, Unresolved: is(true)}
	jobs := append(also, jobFor(jobShow, r.ID, 0))
	switch {
	case err == nil && e.Status == livekit.EgressEnding:
		m.To, m.Unresolved = module.RecordingStopped, nil
	case err == nil && e.Status == livekit.EgressAborted:
		m.To, m.Unresolved = module.RecordingAborted, nil
	case err != nil:
		m.Reason = err.Error()
		jobs = append(jobs, jobFor(jobHalt, r.ID, time.Second))
	default:
		m.Reason = "LiveKit answered " + string(e.Status)
		jobs = append(jobs, jobFor(jobHalt, r.ID, time.Second))
	}
	now, moved, noted := s.recordings.Move(ctx, r.ID, m, module.Then{Jobs: jobs})
	switch {
	case noted != nil:
		return fmt.Errorf("note that recording %s was stopped: %w", r.ID, noted)
	case !moved && err == nil && (now.Status == module.RecordingSaved || now.Status == module.RecordingNotified):
		return s.follow(ctx, r.ID, also) // LiveKit reported the end before it answered
	case !moved:
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", errNotStopped, err)
	case e.Status == livekit.EgressStarting:
		return fmt.Errorf("%w: LiveKit answered %s", errNotStopped, e.Status)
	}
	return nil
}

package recording

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// listen handles LiveKit's reports about an egress. Those that are not a recording of
// ours are ignored.
func (s *service) listen(ctx context.Context, event module.Event) error {
	e, err := livekit.ParseEvent(event.Body)
	if err != nil || e.GetEgressInfo() == nil {
		return err
	}
	egress := livekit.EgressOf(e.GetEgressInfo())
	r, err := s.recordingOf(ctx, egress)
	if errors.Is(err, module.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.apply(ctx, r, egress)
}

// recordingOf finds the recording of an egress by the egress id or, until that is
// stored, by the file name.
func (s *service) recordingOf(ctx context.Context, e livekit.Egress) (module.Recording, error) {
	r, err := s.recordings.ByWorker(ctx, e.ID)
	if !errors.Is(err, module.ErrNotFound) {
		return r, err
	}
	id, ok := recordingIn(e.Path)
	if !ok {
		return r, err
	}
	if r, err = s.recordings.ByID(ctx, id); err != nil {
		return r, err
	}
	if r.Room.String() != e.Room {
		return module.Recording{}, module.ErrNotFound
	}
	return r, nil
}

// recordingIn reads the id from the name of a recording's file.
func recordingIn(file string) (uuid.UUID, bool) {
	name := path.Base(file)
	id, err := uuid.Parse(strings.TrimSuffix(name, path.Ext(name)))
	return id, err == nil
}

// apply takes in what is known about an egress, however often and in whatever order it
// is reported, by webhook or by the reconciler.
func (s *service) apply(ctx context.Context, r module.Recording, e livekit.Egress) error {
	if r.Status == module.RecordingInitiated && r.Worker == "" {
		m, then := s.begun(r, e)
		var err error
		if r, _, err = s.recordings.Move(ctx, r.ID, m, then); err != nil {
			return err
		}
	}
	if r.Worker != "" && r.Worker != e.ID {
		s.log.WarnContext(ctx, "a recording has a second egress", "recording", r.ID, "egress", r.Worker, "second", e.ID)
		return nil
	}
	switch {
	case e.Status.Final():
		return s.ended(ctx, r, e)
	case r.Status == module.RecordingNotStarted:
		return s.enqueue(ctx, jobSweep, r.ID, 0)
	case e.Status == livekit.EgressActive:
		return s.reached(ctx, r, module.EgressStarted)
	case e.Status == livekit.EgressEnding:
		return s.reached(ctx, r, module.EgressEnding)
	}
	return nil
}

// reached records a stage, and tells the room if it is new.
func (s *service) reached(ctx context.Context, r module.Recording, stage string) error {
	_, _, err := s.recordings.Move(ctx, r.ID, module.RecordingMove{Stage: stage}, module.Then{
		Jobs: []module.NextJob{jobFor(jobShow, r.ID, 0)},
	})
	return err
}

package recording

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// Keys of the room's metadata, and values of recording_status
// (recording-summary-files.md 1.3).
const (
	keyMode   = "recording_mode"
	keyStatus = "recording_status"

	shownStarting = "starting"
	shownStarted  = "started"
	shownSaving   = "saving"
	shownAborted  = "aborted"
)

// shown is what a room shows of its recording; the zero value is nothing.
type shown struct{ mode, status string }

// showTries bounds how often the room is updated again because the recording moved on in
// the meantime.
const showTries = 5

// show updates the recording's status in its room. It writes what is true now, not what
// was true when the job was stored, and checks again afterwards: however many do this at
// once, the last write is the right one.
func (s *service) show(ctx context.Context, id uuid.UUID) error {
	r, err := s.recordings.ByID(ctx, id)
	if errors.Is(err, module.ErrNotFound) {
		return nil // its egress_ended will find nothing either; the keys go with the room
	}
	if err != nil {
		return err
	}
	want, err := s.inRoom(ctx, r)
	if err != nil {
		return err
	}
	for range showTries {
		if err := s.tellRoom(ctx, r.Room, want); err != nil {
			return err
		}
		if r, err = s.recordings.ByID(ctx, id); err != nil {
			return err
		}
		now, err := s.inRoom(ctx, r)
		if err != nil {
			return err
		}
		if now == want {
			return nil
		}
		want = now
	}
	return errors.New("the recording moves on faster than its room can be told")
}

// inRoom returns what the room of a recording has to show: the recording under way,
// which may be a later one, or that this one is being stored.
func (s *service) inRoom(ctx context.Context, r module.Recording) (shown, error) {
	under, err := s.recordings.UnderWay(ctx, r.Room)
	switch {
	case err == nil && under.Status == module.RecordingActive && under.Stage != module.EgressEnded:
		return shown{optionsOf(under).mode(under), stageShown(under.Stage)}, nil
	case err != nil && !errors.Is(err, module.ErrNotFound):
		return shown{}, err
	}
	storing := r.Status == module.RecordingStopped || r.Status == module.RecordingNotStopped && r.Unresolved
	if storing && r.Stage != module.EgressEnded {
		return shown{optionsOf(r).mode(r), shownSaving}, nil
	}
	return shown{}, nil
}

func stageShown(stage string) string {
	switch stage {
	case module.EgressStarted:
		return shownStarted
	case module.EgressEnding:
		return shownSaving
	}
	return shownStarting
}

// tellRoom sets the keys or removes them; it does nothing if the room is not live.
func (s *service) tellRoom(ctx context.Context, room uuid.UUID, x shown) error {
	if x == (shown{}) {
		_, err := s.metadata.Merge(ctx, room, nil, keyMode, keyStatus)
		return err
	}
	set := map[string]json.RawMessage{}
	for key, value := range map[string]string{keyMode: x.mode, keyStatus: x.status} {
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		set[key] = raw
	}
	_, err := s.metadata.Merge(ctx, room, set)
	return err
}

package recording

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/lock"
	"foyer/sdk/module"
)

// collectHold is when a dead replica's lock is free again.
const collectHold = time.Minute

// collects reports whether the metadata collector was asked for and is available
// (recording-summary-files.md 1.4).
func (s *service) collects(r module.Recording) bool {
	asked := optionsOf(r).Collect
	return s.settings.Collector != "" && asked != nil && *asked
}

// collect brings the collector into the room, once, and stores its dispatch with the
// recording.
func (s *service) collect(ctx context.Context, r module.Recording) error {
	release, err := lock.Acquire(ctx, s.kv, "collect:"+r.ID.String(), collectHold)
	if err != nil {
		return err
	}
	defer release()
	if r, err = s.recordings.ByID(ctx, r.ID); err != nil {
		return err
	}
	if r.Status != module.RecordingActive || r.Stage == module.EgressEnded || optionsOf(r).Dispatch != "" {
		return nil
	}
	id, err := s.dispatched(ctx, r)
	if err != nil || id == "" {
		return err
	}
	raw, err := json.Marshal(id)
	if err != nil {
		return err
	}
	now, _, err := s.recordings.Move(ctx, r.ID, module.RecordingMove{
		Option: map[string]json.RawMessage{"metadata_collector_dispatch_id": raw},
	}, module.Then{})
	if err == nil && now.Stage == module.EgressEnded { // too late for the job that follows the end to send it away
		err = s.uncollect(ctx, now)
	}
	return err
}

// dispatched returns the id of the collector's dispatch for the recording, creating it
// if necessary; "" if the room is no longer live.
func (s *service) dispatched(ctx context.Context, r module.Recording) (string, error) {
	room := r.Room.String()
	live, err := s.live.ListRooms(ctx, room)
	if err != nil || len(live) == 0 {
		return "", err
	}
	there, err := s.live.ListDispatch(ctx, room)
	if err != nil {
		return "", err
	}
	for _, d := range there {
		if d.AgentName == s.settings.Collector && d.Metadata == r.ID.String() {
			return d.ID, nil
		}
	}
	d, err := s.live.CreateDispatchWith(ctx, room, s.settings.Collector, r.ID.String())
	return d.ID, err
}

// uncollect sends the collector away, which makes it write what it has. It leaves a room
// that is no longer live by itself.
func (s *service) uncollect(ctx context.Context, r module.Recording) error {
	id := optionsOf(r).Dispatch
	if id == "" {
		return nil
	}
	room := r.Room.String()
	live, err := s.live.ListRooms(ctx, room)
	if err != nil || len(live) == 0 {
		return err
	}
	if err := s.live.DeleteDispatch(ctx, room, id); err != nil && !errors.Is(err, livekit.ErrNotFound) {
		return err
	}
	return nil
}

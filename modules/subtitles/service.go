package subtitles

import (
	"context"
	"errors"
	"slices"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/lock"
)

// defaultTimeout leaves time for three calls and a wait.
const defaultTimeout = 10 * time.Second

// errNotLive means that nobody is in the room, so there is nothing to transcribe.
var errNotLive = errors.New("room is not live")

// rooms is the media server; *livekit.Client implements it.
type rooms interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	ListDispatch(ctx context.Context, room string) ([]livekit.Dispatch, error)
	CreateDispatch(ctx context.Context, room, agent string) (livekit.Dispatch, error)
}

type service struct {
	agent string
	rooms rooms
	lock  lock.KV
	// hold is when a dead replica's lock is free again: longer than a request may take.
	hold time.Duration
}

// dispatch brings the agent into the room unless it is already on its way. LiveKit adds
// an agent on every call, so the check and the call happen under a lock shared by all
// replicas.
func (s *service) dispatch(ctx context.Context, room string) error {
	unlock, err := lock.Acquire(ctx, s.lock, "dispatch:"+room, s.hold)
	if err != nil {
		return err
	}
	defer unlock()
	live, err := s.rooms.ListRooms(ctx, room)
	if err != nil {
		return err
	}
	if len(live) == 0 { // a dispatch would create the room
		return errNotLive
	}
	there, err := s.rooms.ListDispatch(ctx, room)
	if errors.Is(err, livekit.ErrNoHost) { // still listed, on a server that died
		return errNotLive
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(there, func(d livekit.Dispatch) bool { return d.AgentName == s.agent }) {
		return nil
	}
	_, err = s.rooms.CreateDispatch(ctx, room, s.agent)
	return err
}

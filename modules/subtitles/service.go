package subtitles

import (
	"context"
	"errors"
	"slices"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/lock"
)

// defaultTimeout leaves room for three calls and a wait.
const defaultTimeout = 10 * time.Second

// errNotLive: nobody is in the room, so there is nothing to transcribe.
var errNotLive = errors.New("room is not live")

// rooms is the media server; *livekit.Client is one.
type rooms interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	ListDispatch(ctx context.Context, room string) ([]livekit.Dispatch, error)
	CreateDispatch(ctx context.Context, room, agent string) (livekit.Dispatch, error)
}

type service struct {
	agent string
	rooms rooms
	lock  lock.KV
	// hold is when the lock of a replica that died is free again: longer than
	// a request may take.
	hold time.Duration
}

// dispatch brings the agent into the room unless it is on its way already.
// LiveKit adds an agent at every call, so looking and calling happen under a
// lock that all replicas share.
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
	if errors.Is(err, livekit.ErrNoHost) { // it is on the list of a server that died
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

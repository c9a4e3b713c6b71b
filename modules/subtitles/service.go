package subtitles

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"foyer/core/livekit"
)

// defaultTimeout leaves room for three calls and a wait.
const defaultTimeout = 10 * time.Second

// retryLock is how often a request looks whether another one is done.
const retryLock = 50 * time.Millisecond

// errNotLive: nobody is in the room, so there is nothing to transcribe.
var errNotLive = errors.New("room is not live")

// rooms is the media server; *livekit.Client is one.
type rooms interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	ListDispatch(ctx context.Context, room string) ([]livekit.Dispatch, error)
	CreateDispatch(ctx context.Context, room, agent string) (livekit.Dispatch, error)
}

// locker is what all replicas share; module.KV is one.
type locker interface {
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	DeleteIf(ctx context.Context, key string, value []byte) (bool, error)
}

type service struct {
	agent string
	rooms rooms
	lock  locker
	// hold is when the lock of a replica that died is free again: longer than
	// a request may take.
	hold time.Duration
}

// dispatch brings the agent into the room unless it is on its way already.
// LiveKit adds an agent at every call, so looking and calling happen under a
// lock that all replicas share.
func (s *service) dispatch(ctx context.Context, room string) error {
	unlock, err := s.acquire(ctx, "dispatch:"+room)
	if err != nil {
		return fmt.Errorf("lock room %s: %w", room, err)
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
	if err != nil {
		return err
	}
	if slices.ContainsFunc(there, func(d livekit.Dispatch) bool { return d.AgentName == s.agent }) {
		return nil
	}
	_, err = s.rooms.CreateDispatch(ctx, room, s.agent)
	return err
}

// acquire waits for the lock until ctx ends. The value tells our lock from one
// that somebody took after ours ran out.
func (s *service) acquire(ctx context.Context, key string) (unlock func(), err error) {
	owner := []byte(rand.Text())
	for {
		ours, err := s.lock.PutIfAbsent(ctx, key, owner, s.hold)
		if err != nil {
			return nil, err
		}
		if ours {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(retryLock):
		}
	}
	return func() {
		// The request may be over; a lock that stays runs out by itself.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = s.lock.DeleteIf(ctx, key, owner)
	}, nil
}

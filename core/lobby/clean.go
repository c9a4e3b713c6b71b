package lobby

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	lkproto "github.com/livekit/protocol/livekit"

	"foyer/core/livekit"
	"foyer/core/module"
)

// Name is the lobby's name as a listener (core/dispatch).
func (s *Service) Name() string { return "core.lobby" }

// Events are those that end what the lobby keeps.
// Of who never got media through, LiveKit tells by the third alone.
func (s *Service) Events() []string {
	return []string{"room_finished", "participant_left", "participant_connection_aborted"}
}

// stillThere are the reasons for which a connection ends and its participant
// has not left: another one took its place, or is about to.
var stillThere = []lkproto.DisconnectReason{
	lkproto.DisconnectReason_DUPLICATE_IDENTITY, lkproto.DisconnectReason_MIGRATION,
	lkproto.DisconnectReason_STATE_MISMATCH, lkproto.DisconnectReason_SERVER_SHUTDOWN,
}

// Listen forgets a room's participants when its meeting is over, and a
// participant who leaves it. What was decided since the event stays: it may
// come late, and again.
func (s *Service) Listen(ctx context.Context, e module.Event) error {
	room, _ := uuid.Parse(e.Room)
	if room.String() != e.Room {
		return nil // not a registered room: it has no lobby
	}
	if e.Name == "room_finished" {
		if err := s.queues.Clear(ctx, s.queue(room), e.At); err != nil {
			return fmt.Errorf("clear the lobby of room %s: %w", room, err)
		}
		return nil
	}
	event, err := livekit.ParseEvent(e.Body)
	if err != nil {
		return err
	}
	who := event.GetParticipant()
	if who.GetIdentity() == "" || slices.Contains(stillThere, who.GetDisconnectReason()) {
		return nil
	}
	return s.forget(ctx, room, who.GetIdentity(), e.At)
}

// Forget ends what was decided about a participant of a room, who has to wait
// again: a guest by the id, an account by its identity at the media server.
// Nobody of that name is no error; ephemeral.ErrUnavailable is one.
func (s *Service) Forget(ctx context.Context, room uuid.UUID, identity string) error {
	return s.forget(ctx, room, identity, time.Time{})
}

// forget removes the entries of an identity that are older than before, or all
// for the zero time.
func (s *Service) forget(ctx context.Context, room uuid.UUID, identity string, before time.Time) error {
	if _, guest := s.ids.read(identity); guest {
		return s.drop(ctx, room, identity, before)
	}
	entries, err := s.queues.All(ctx, s.queue(room))
	if err != nil {
		return fmt.Errorf("look into the lobby of room %s: %w", room, err)
	}
	for _, e := range entries {
		if r, ok := recordOf(e); ok && r.Identity == identity {
			if err := s.drop(ctx, room, e.Key, before); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) drop(ctx context.Context, room uuid.UUID, id string, before time.Time) error {
	if err := s.queues.Remove(ctx, s.queue(room), id, before); err != nil {
		return fmt.Errorf("remove from the lobby of room %s: %w", room, err)
	}
	return nil
}

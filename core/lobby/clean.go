package lobby

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"foyer/sdk/body"
	"foyer/sdk/module"
)

// Name identifies the lobby as a listener (core/topics).
func (s *Service) Name() string { return "core.lobby" }

// Events returns the events that end what the lobby keeps.
func (s *Service) Events() []string { return []string{"room_finished"} }

// Listen forgets those who waited for a meeting that is over. Anyone who came
// after the event stays: it may arrive late, and more than once.
func (s *Service) Listen(ctx context.Context, e module.Event) error {
	room, registered := body.ParseUUID(e.Room)
	if !registered || e.Name != "room_finished" {
		return nil // an unregistered room has no lobby
	}
	if err := s.queues.Clear(ctx, s.queue(room), e.At); err != nil {
		return fmt.Errorf("clear the lobby of room %s: %w", room, err)
	}
	return nil
}

// Forget ends somebody's wait: a guest's by the id, an account's by its identity
// on the media server. If nobody of that name waits, that is not an error;
// ephemeral.ErrUnavailable is one.
func (s *Service) Forget(ctx context.Context, room uuid.UUID, identity string) error {
	if s.guests.GaveOut(identity) {
		return s.drop(ctx, room, identity)
	}
	entries, err := s.queues.All(ctx, s.queue(room))
	if err != nil {
		return fmt.Errorf("look into the lobby of room %s: %w", room, err)
	}
	for _, e := range entries {
		if r, ok := recordOf(e); ok && r.Identity == identity {
			if err := s.drop(ctx, room, e.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) drop(ctx context.Context, room uuid.UUID, id string) error {
	if err := s.queues.Remove(ctx, s.queue(room), id); err != nil {
		return fmt.Errorf("remove from the lobby of room %s: %w", room, err)
	}
	return nil
}

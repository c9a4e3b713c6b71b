package participants

import (
	"context"
	"fmt"
	"net/http"

	"foyer/core/store"
)

// remove puts a participant out of the meeting (core-rest.md 8.3), and keeps them
// out. That holds even if the media server then fails: it is decided, and done as
// soon as they are found there.
func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	room, identity, err := s.named(w, r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if err := s.refuse(ctx, room, identity); err != nil {
		return err
	}
	if err := s.lobby.Forget(ctx, room.ID, identity); err != nil {
		// They are refused in the lobby all the same.
		s.log.WarnContext(ctx, "lobby record of a removed participant stays", "room", room.ID, "error", err)
	}
	return failed(s.live.RemoveParticipant(ctx, room.ID.String(), identity), "Failed to remove participant")
}

// refuse keeps the removed participant from getting tokens. Owners and
// administrators are only disconnected: nobody may lock them out of their own
// room (docs/adr/0030).
func (s *Service) refuse(ctx context.Context, room store.Room, identity string) error {
	roles, err := s.store.RolesIn(ctx, room.ID)
	if err != nil {
		return fmt.Errorf("find the role of a participant: %w", err)
	}
	if roles[room.ID][identity].Privileged() {
		return nil
	}
	return s.refuser.Refuse(ctx, room.ID, identity)
}

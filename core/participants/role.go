package participants

import (
	"context"
	"errors"
	"net/http"

	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
)

// roleKey is the attribute that shows a participant's role.
const roleKey = "room_role"

// roleAnswer is the role, and whether the meeting has been told.
type roleAnswer struct {
	Role   store.Role `json:"role"`
	Synced bool       `json:"livekit_synced"`
}

// changeRole makes a participant with an account a member or an administrator of
// the room (core-rest.md 8.4).
func (s *Service) changeRole(w http.ResponseWriter, r *http.Request) {
	a, err := s.changedRole(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, a)
}

func (s *Service) changedRole(w http.ResponseWriter, r *http.Request) (roleAnswer, error) {
	var a roleAnswer
	room, user, err := s.ruled(r)
	if err != nil {
		return a, err
	}
	ctx, name, own := r.Context(), room.ID.String(), rooms.Identity(user)
	if err := s.connected(ctx, name, own); err != nil {
		return a, reply.Detail(http.StatusForbidden, "You must be connected to the meeting to perform this action.").Because(err)
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return a, err
	}
	identity := readIdentity(o)
	role, _ := o.String("role", body.Required().OneOf(string(store.Member), string(store.Administrator)))
	if err := o.Err(); err != nil {
		return a, err
	}
	if identity == own {
		return a, reply.Message(http.StatusForbidden, "You cannot change your own role.")
	}
	a.Role = store.Role(role)
	if err := s.giveRole(ctx, room.Room, user, identity, a.Role); err != nil {
		return a, err
	}
	err = s.live.UpdateParticipant(ctx, name, identity, livekit.ParticipantUpdate{Attributes: map[string]string{roleKey: role}})
	if err != nil {
		s.log.WarnContext(ctx, "meeting not told of a role", "room", name, "error", err)
	}
	a.Synced = err == nil
	return a, nil
}

// giveRole stores the role of a connected participant.
func (s *Service) giveRole(ctx context.Context, room store.Room, caller *store.User, identity string, role store.Role) error {
	err := s.connected(ctx, room.ID.String(), identity)
	switch {
	case errors.Is(err, livekit.ErrNotFound):
		return reply.Message(http.StatusNotFound, "Participant is not connected to this meeting.")
	case err != nil:
		return err
	}
	target, err := s.store.UserBySub(ctx, identity)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return reply.Message(http.StatusNotFound, "This participant has no user account and cannot be assigned a role.")
	case err != nil:
		return err
	}
	err = s.store.GiveRole(ctx, room.ID, target.ID, caller.ID, func(now store.AccessWithRole) (store.Role, error) {
		switch {
		case !now.ViewerRole.Privileged(): // not any more
			return "", reply.NotPrivileged()
		case now.Role == store.Owner:
			return "", reply.Message(http.StatusForbidden, "Room owners cannot be demoted.")
		}
		return role, nil
	})
	if errors.Is(err, store.ErrNotFound) { // since deleted
		return reply.NoMatch("Room")
	}
	return err
}

// connected returns livekit.ErrNotFound unless the participant is in the meeting.
func (s *Service) connected(ctx context.Context, room, identity string) error {
	p, err := s.live.GetParticipant(ctx, room, identity)
	if err == nil && p.Disconnected {
		return livekit.ErrNotFound
	}
	return err
}

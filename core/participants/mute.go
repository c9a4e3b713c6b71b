package participants

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// mute silences a participant's track (core-rest.md 8.1). Signed-in callers must
// own or administer the room. A LiveKit token lets anybody in the meeting do it,
// if the room is set that way, and grants no more than that, even to an
// administrator.
func (s *Service) mute(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	caller := module.CallerFrom(ctx)
	room, ok := auth.RoomFrom(ctx)
	if !ok {
		return reply.NoMatch("Room")
	}
	if err := s.mayMute(ctx, caller, room); err != nil {
		return err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	identity := readIdentity(o)
	track, _ := o.String("track_sid", body.Required().Max(255))
	if err := o.Err(); err != nil {
		return err
	}
	name := room.ID.String()
	if caller.Token != nil {
		if _, err := s.live.GetParticipant(ctx, name, caller.Token.Identity); err != nil {
			return reply.Message(http.StatusForbidden, "Could not verify caller presence").Because(err)
		}
	}
	return failed(s.live.MuteTrack(ctx, name, identity, track), "Failed to mute participant")
}

func (s *Service) mayMute(ctx context.Context, caller module.Caller, room *store.RoomWithRole) error {
	switch {
	case caller.Token != nil:
		if !everyoneCanMute(room.Configuration) {
			return reply.Forbidden()
		}
		return nil
	case !caller.SignedIn():
		return reply.NoCredentials()
	}
	own, err := s.store.RoomByID(ctx, room.ID, caller.UserID)
	switch {
	case errors.Is(err, store.ErrNotFound): // since deleted
		return reply.NoMatch("Room")
	case err != nil:
		return err
	case !own.Role.Privileged():
		return reply.Forbidden()
	}
	return nil
}

// everyoneCanMute reads the room's stored setting: absent means yes, and so does
// anything that is not empty, zero, false or null.
func everyoneCanMute(configuration json.RawMessage) bool {
	const setting = "everyone_can_mute"
	o, err := body.Parse(configuration)
	if err != nil || !o.Has(setting) {
		return true
	}
	return o.Truthy(setting)
}

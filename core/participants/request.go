package participants

import (
	"errors"
	"net/http"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
)

// answer makes a handler from do, whose success is always the same.
func answer(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			reply.Fail(w, r, err)
			return
		}
		reply.JSON(w, r, http.StatusOK, map[string]string{"status": "success"})
	}
}

// ruled finds the room of the path and the signed-in caller, who must own or
// administer it.
func (s *Service) ruled(r *http.Request) (store.RoomWithRole, *store.User, error) {
	user, ok := auth.UserFrom(r.Context())
	if !ok { // the access rule admits only accounts
		return store.RoomWithRole{}, nil, reply.Unauthenticated()
	}
	room, err := s.finder.FindFor(r.Context(), r.PathValue("room"), user.ID)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) {
		return room, user, reply.NoMatch("Room")
	}
	if err == nil && !room.Role.Privileged() {
		err = reply.NotPrivileged()
	}
	return room, user, err
}

// maxIdentity is the longest identity, in characters: LiveKit admits nobody whose
// identity is longer than 256 bytes.
const maxIdentity = 256

// named reads a request about one participant: the room of the path, for a caller
// who owns or administers it, and the identity that the body names.
func (s *Service) named(w http.ResponseWriter, r *http.Request) (room store.Room, identity string, err error) {
	found, _, err := s.ruled(r)
	if err != nil {
		return room, "", err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return room, "", err
	}
	identity = readIdentity(o)
	return found.Room, identity, o.Err()
}

// readIdentity reads whom a request is about: any text that is not blank.
func readIdentity(o *body.Object) string {
	identity, _ := o.String("participant_identity", body.Required().Max(maxIdentity))
	return identity
}

// failed is the answer to a failed call of the media server, nil if it succeeded;
// text is what the endpoint says if the client is not at fault.
func failed(err error, text string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, livekit.ErrNotFound), errors.Is(err, livekit.ErrNoHost): // only their name is left there
		return reply.Message(http.StatusNotFound, "Participant not found")
	case errors.Is(err, livekit.ErrArgument):
		return reply.InvalidField("non_field_errors", "LiveKit refuses these values: they are too long.").Because(err)
	}
	return reply.Message(http.StatusInternalServerError, text).Because(err)
}

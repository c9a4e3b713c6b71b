package rooms

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/reply"
	"foyer/sdk/schema"
)

// fields are the writable fields of a room; nil leaves the value as it is.
type fields struct {
	name, accessLevel *string
	configuration     []byte
}

// readFields reads and checks the fields of a request. The name is required
// unless nameOptional.
func readFields(o *body.Object, nameOptional bool) (fields, error) {
	var f fields
	rule := body.Required().Max(500)
	if nameOptional {
		rule = body.Optional().Max(500)
	}
	if name, ok := o.String("name", rule); ok {
		f.name = &name
	}
	if level, ok := o.String("access_level", body.Optional().OneOf(store.Public, store.Trusted, store.Restricted)); ok {
		f.accessLevel = &level
	}
	if o.Has("configuration") {
		f.configuration = schema.ReadConfiguration(o, "configuration")
	}
	return f, o.Err()
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) {
	room, err := s.createFrom(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	user, _ := viewer(r)
	s.answer(w, r, http.StatusCreated, user, store.RoomWithRole{Room: room, Role: store.Owner})
}

func (s *Service) createFrom(w http.ResponseWriter, r *http.Request) (store.Room, error) {
	ctx := r.Context()
	user, _ := viewer(r)
	if s.livekit.APIKey == "" || s.livekit.APISecret.IsZero() {
		return store.Room{}, noMediaServer() // before storing a room that cannot be shown
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return store.Room{}, err
	}
	f, err := readFields(o, false)
	if err != nil {
		return store.Room{}, err
	}
	room, err := s.writer.Create(ctx, s.defaults(f, user), user.ID, uuid.Nil)
	if err != nil {
		return store.Room{}, answerOf(err)
	}
	if o.Truthy("callback_id") {
		if err := s.callbacks.Remember(ctx, o.Text("callback_id"), room.Slug); err != nil {
			s.log.WarnContext(ctx, "creation callback not remembered", "room", room.ID, "error", err)
		}
	}
	return room, nil
}

// defaults fills what the request leaves out from the owner's preferences, then
// from the instance (core-rest.md 5.3). A preference that no room can have, as an
// adopted database may hold, is ignored.
func (s *Service) defaults(f fields, owner *store.User) store.Room {
	room := store.Room{Name: *f.name, AccessLevel: s.rooms.DefaultAccessLevel, Configuration: f.configuration}
	switch preference := owner.DefaultRoomAccessLevel; {
	case f.accessLevel != nil:
		room.AccessLevel = *f.accessLevel
	case preference != nil && store.KnownAccessLevel(*preference):
		room.AccessLevel = *preference
	}
	if schema.IsEmptyObject(room.Configuration) && schema.CheckConfiguration(owner.DefaultRoomConfiguration) == nil {
		room.Configuration = owner.DefaultRoomConfiguration
	}
	return room
}

func (s *Service) replace(w http.ResponseWriter, r *http.Request) { s.update(w, r, false) }

func (s *Service) patch(w http.ResponseWriter, r *http.Request) { s.update(w, r, true) }

func (s *Service) update(w http.ResponseWriter, r *http.Request, partial bool) {
	room, user, err := s.ruled(r, store.Role.Privileged)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	f, err := readFields(o, partial)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	change := Change{Name: f.name, AccessLevel: f.accessLevel, Configuration: f.configuration}
	if room.Room, err = s.writer.Update(r.Context(), room.ID, nil, change); err != nil {
		reply.Fail(w, r, gone(answerOf(err)))
		return
	}
	s.answer(w, r, http.StatusOK, user, room)
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) {
	room, _, err := s.ruled(r, func(r store.Role) bool { return r == store.Owner })
	if err == nil {
		err = gone(s.writer.Delete(r.Context(), room.ID, nil))
	}
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ruled finds the room of the path for a caller whose role satisfies rule.
func (s *Service) ruled(r *http.Request, rule func(store.Role) bool) (store.RoomWithRole, *store.User, error) {
	user, id := viewer(r)
	room, err := s.finder.FindFor(r.Context(), r.PathValue("room"), id)
	if err != nil {
		return room, user, gone(err)
	}
	if !rule(room.Role) {
		return room, user, reply.Forbidden()
	}
	return room, user, nil
}

// gone turns a missing room into the contract's 404.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) {
		return reply.NoMatch("Room")
	}
	return err
}

package users

import (
	"errors"
	"net/http"

	"foyer/core/accounts"
	"foyer/core/auth"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/reply"
	"foyer/sdk/schema"
)

func (s *Service) replace(w http.ResponseWriter, r *http.Request) { s.update(w, r, true) }

func (s *Service) patch(w http.ResponseWriter, r *http.Request) { s.update(w, r, false) }

func (s *Service) update(w http.ResponseWriter, r *http.Request, whole bool) {
	u, err := s.updated(w, r, whole)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, ObjectOf(&u))
}

// updated changes the caller's own account. Whether they may is settled before
// the body is read.
func (s *Service) updated(w http.ResponseWriter, r *http.Request, whole bool) (store.User, error) {
	ctx := r.Context()
	me, ok := auth.UserFrom(ctx)
	if !ok { // the access rule admits only accounts
		return store.User{}, reply.Unauthenticated()
	}
	id, ok := body.ParseUUID(r.PathValue("id"))
	if !ok {
		return store.User{}, reply.NotFound()
	}
	if id != me.ID {
		if _, err := s.store.UserByID(ctx, id); err != nil {
			return store.User{}, gone(err)
		}
		return store.User{}, reply.Forbidden()
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return store.User{}, err
	}
	change := s.read(o, whole)
	if err := o.Err(); err != nil {
		return store.User{}, err
	}
	u, err := s.accounts.UpdateUser(ctx, id, change)
	return u, gone(err)
}

// read reads the writable fields (core-rest.md 4) and ignores others. Faults are
// recorded in o.
func (s *Service) read(o *body.Object, whole bool) store.UserChange {
	var change store.UserChange
	change.Timezone = s.readZone(o, whole)
	if language, ok := o.String("language", body.Optional().OneOf(s.users.Languages...)); ok {
		change.Language = &language
	}
	levels := body.Optional().Null().OneOf(store.Public, store.Trusted, store.Restricted, "")
	if level, ok := o.String("default_room_access_level", levels); ok {
		change.RoomAccessLevel = &level
	}
	change.ClearRoomAccessLevel = o.IsNull("default_room_access_level")
	if o.Has("default_room_configuration") {
		change.RoomConfiguration = schema.ReadConfiguration(o, "default_room_configuration")
	}
	return change
}

func (s *Service) readZone(o *body.Object, required bool) *string {
	const name = "timezone"
	switch {
	case !o.Has(name):
		if required {
			o.Fault(name, body.MsgRequired)
		}
		return nil
	case o.IsNull(name):
		o.Fault(name, body.MsgNull)
		return nil
	}
	zone := o.Text(name)
	if !accounts.IsZone(zone) {
		o.Fault(name, accounts.MsgZone)
		return nil
	}
	return &zone
}

// gone turns a missing account into the contract's 404.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return reply.NoMatch("User")
	}
	return err
}

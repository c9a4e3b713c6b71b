package accesses

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/reply"
)

func (s *Service) create(w http.ResponseWriter, r *http.Request) {
	a, err := s.created(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusCreated, objectOf(a))
}

func (s *Service) created(w http.ResponseWriter, r *http.Request) (store.Access, error) {
	ctx, caller := r.Context(), callerOf(r)
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return store.Access{}, err
	}
	f, err := s.readFields(ctx, o, caller, true)
	if err != nil {
		return store.Access{}, err
	}
	if err := s.refuseDuplicate(ctx, f.room, f.user); err != nil {
		return store.Access{}, err
	}
	role := cmp.Or(f.role, store.Member)
	a, err := s.store.AddAccess(ctx, store.Access{UserID: f.user, RoomID: f.room, Role: role}, caller,
		func(callerRole store.Role) error { return mayAdd(callerRole, role) })
	switch {
	case errors.Is(err, store.ErrConflict): // another request was faster
		return a, duplicate()
	case errors.Is(err, store.ErrNotFound): // the room has since been deleted
		return a, reply.InvalidField("resource", unknownKey(o, "resource"))
	}
	return a, err
}

// refuseDuplicate: an account has one access to a room.
func (s *Service) refuseDuplicate(ctx context.Context, room, user uuid.UUID) error {
	_, err := s.store.AccessOf(ctx, room, user)
	switch {
	case err == nil:
		return duplicate()
	case errors.Is(err, store.ErrNotFound):
		return nil
	}
	return err
}

func (s *Service) replace(w http.ResponseWriter, r *http.Request) { s.update(w, r, true) }

func (s *Service) patch(w http.ResponseWriter, r *http.Request) { s.update(w, r, false) }

func (s *Service) update(w http.ResponseWriter, r *http.Request, whole bool) {
	a, err := s.updated(w, r, whole)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, objectOf(a))
}

// updated changes the role; account and room are checked, then ignored.
func (s *Service) updated(w http.ResponseWriter, r *http.Request, whole bool) (store.Access, error) {
	ctx, caller := r.Context(), callerOf(r)
	before, err := s.ruled(r)
	if err != nil {
		return store.Access{}, err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return store.Access{}, err
	}
	f, err := s.readFields(ctx, o, caller, whole)
	if err != nil {
		return store.Access{}, err
	}
	room, user := given(f.room, before.RoomID), given(f.user, before.UserID)
	if room != before.RoomID || user != before.UserID {
		if err := s.refuseDuplicate(ctx, room, user); err != nil {
			return store.Access{}, err
		}
	}
	a, err := s.store.SetAccessRole(ctx, before.ID, caller, func(now store.AccessWithRole) (store.Role, error) {
		role := cmp.Or(f.role, now.Role)
		return role, maySet(now, caller, role)
	})
	return a, shown(err)
}

// given is id, or otherwise if there is none.
func given(id, otherwise uuid.UUID) uuid.UUID {
	if id == uuid.Nil {
		return otherwise
	}
	return id
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) {
	if err := s.removed(r); err != nil {
		reply.Fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Service) removed(r *http.Request) error {
	id, ok := body.ParseUUID(r.PathValue("id"))
	if !ok {
		return reply.NotFound()
	}
	caller := callerOf(r)
	return shown(s.store.RemoveAccess(r.Context(), id, caller, func(a store.AccessWithRole) error {
		return mayRemove(a, caller)
	}))
}

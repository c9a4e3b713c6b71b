package accesses

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/reply"
)

func (s *Service) create(c *gin.Context) {
	a, err := s.created(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusCreated, objectOf(a))
}

func (s *Service) created(c *gin.Context) (store.Access, error) {
	ctx, caller := c.Request.Context(), callerOf(c)
	o, err := body.Read(c, s.limit)
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
	case errors.Is(err, store.ErrConflict): // another request was quicker
		return a, duplicate()
	case errors.Is(err, store.ErrNotFound): // the room has gone since
		return a, reply.InvalidField("resource", unknownKey(o, "resource"))
	}
	return a, err
}

// refuseDuplicate: one access of an account to a room.
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

func (s *Service) replace(c *gin.Context) { s.update(c, true) }

func (s *Service) patch(c *gin.Context) { s.update(c, false) }

func (s *Service) update(c *gin.Context, whole bool) {
	a, err := s.updated(c, whole)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, objectOf(a))
}

// updated changes the role; account and room are checked and then ignored.
func (s *Service) updated(c *gin.Context, whole bool) (store.Access, error) {
	ctx, caller := c.Request.Context(), callerOf(c)
	before, err := s.ruled(c)
	if err != nil {
		return store.Access{}, err
	}
	o, err := body.Read(c, s.limit)
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

// given is id, or what holds otherwise when there is none.
func given(id, otherwise uuid.UUID) uuid.UUID {
	if id == uuid.Nil {
		return otherwise
	}
	return id
}

func (s *Service) remove(c *gin.Context) {
	if err := s.removed(c); err != nil {
		reply.Fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func (s *Service) removed(c *gin.Context) error {
	id, ok := body.ParseUUID(c.Param("id"))
	if !ok {
		return reply.NotFound()
	}
	caller := callerOf(c)
	return shown(s.store.RemoveAccess(c.Request.Context(), id, caller, func(a store.AccessWithRole) error {
		return mayRemove(a, caller)
	}))
}

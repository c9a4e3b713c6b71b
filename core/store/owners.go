package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// lockRoom keeps others from changing roles in the room until the transaction
// ends. On SQLite there is one writer: its transaction is the lock. ErrNotFound
// if there is no such room.
func (q Queries) lockRoom(ctx context.Context, id uuid.UUID) error {
	return one(ctx, q.c, q.c.locking(`SELECT s.id FROM meet_resource s WHERE s.id = $1`), []any{id}, new(uuid.UUID))
}

// lockRoomOf is lockRoom for the room of an access.
func (q Queries) lockRoomOf(ctx context.Context, access uuid.UUID) error {
	return one(ctx, q.c, q.c.locking(`SELECT s.id FROM meet_resource s JOIN meet_resource_access a ON a.resource_id = s.id
		WHERE a.id = $1`), []any{access}, new(uuid.UUID))
}

// AddAccess gives an account a role. allow decides, while nobody else changes the
// room's accesses, by the role the caller has then; its error is returned as is.
// ID and dates are filled in. ErrNotFound if there is no such room; a second
// access of an account to a room is a Conflict.
func (q Queries) AddAccess(ctx context.Context, a Access, caller uuid.UUID, allow func(callerRole Role) error) (Access, error) {
	a.ID, a.CreatedAt = uuid.New(), stamp(time.Now())
	a.UpdatedAt = a.CreatedAt
	err := q.atomic(ctx, func(q Queries) error {
		if err := q.lockRoom(ctx, a.RoomID); err != nil {
			return err
		}
		role, err := q.roleOf(ctx, a.RoomID, caller)
		if err != nil {
			return err
		}
		if err := allow(role); err != nil {
			return err
		}
		if _, err = q.c.exec(ctx, `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id)
			VALUES ($1, $2, $3, $4, $5, $6)`, a.ID, a.CreatedAt, a.UpdatedAt, a.Role, a.RoomID, a.UserID); err != nil {
			return translate(err)
		}
		return q.tellAccess(ctx, a, NoRole, a.Role, caller)
	})
	if err != nil {
		return Access{}, fmt.Errorf("add access to room %s: %w", a.RoomID, err)
	}
	return a, nil
}

// roleOf returns the role of an account, NoRole if it has none.
func (q Queries) roleOf(ctx context.Context, room, user uuid.UUID) (role Role, err error) {
	err = one(ctx, q.c, `SELECT COALESCE(MAX(a.role), '') FROM meet_resource_access a
		WHERE a.resource_id = $1 AND a.user_id = $2`, []any{room, user}, &role)
	return role, err
}

// SetAccessRole stores the role that decide chooses, while nobody else changes
// the room's accesses, by the access and the caller's role as they are then; its
// error is returned as is. updated_at is bumped. ErrNotFound if there is no such
// access, ErrLastOwner if no owner would be left.
func (q Queries) SetAccessRole(ctx context.Context, id, caller uuid.UUID, decide func(AccessWithRole) (Role, error)) (Access, error) {
	var a AccessWithRole
	err := q.atomic(ctx, func(q Queries) (err error) {
		if a, err = q.lockedAccess(ctx, id, caller); err != nil {
			return err
		}
		role, err := decide(a)
		if err != nil {
			return err
		}
		if role != Owner {
			if err := q.keepsOwner(ctx, a.Access); err != nil {
				return err
			}
		}
		before := a.Role
		a.Role, a.UpdatedAt = role, stamp(time.Now())
		n, err := q.c.exec(ctx, `UPDATE meet_resource_access SET role = $2, updated_at = $3 WHERE id = $1`, id, a.Role, a.UpdatedAt)
		if err := changed("write role", n, err); err != nil {
			return err
		}
		return q.tellAccess(ctx, a.Access, before, role, caller)
	})
	if err != nil {
		return Access{}, fmt.Errorf("set role of access %s: %w", id, err)
	}
	return a.Access, nil
}

// GiveRole stores the role that decide chooses for an account, which may have
// none in the room; now is then an access without ID and role. Nobody else can
// change the room's accesses in the meantime. ErrNotFound if there is no such
// room, ErrLastOwner if no owner would be left.
func (q Queries) GiveRole(ctx context.Context, room, user, caller uuid.UUID, decide func(now AccessWithRole) (Role, error)) error {
	err := q.atomic(ctx, func(q Queries) error {
		if err := q.lockRoom(ctx, room); err != nil {
			return err
		}
		now, err := q.AccessOf(ctx, room, user)
		if err == nil {
			_, err = q.SetAccessRole(ctx, now.ID, caller, decide)
			return err
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		a := AccessWithRole{Access: Access{RoomID: room, UserID: user}}
		if a.ViewerRole, err = q.roleOf(ctx, room, caller); err != nil {
			return err
		}
		if a.Role, err = decide(a); err != nil {
			return err
		}
		_, err = q.AddAccess(ctx, a.Access, caller, func(Role) error { return nil })
		return err
	})
	if err != nil {
		return fmt.Errorf("give a role in room %s: %w", room, err)
	}
	return nil
}

// RemoveAccess deletes an access. allow decides as in AddAccess. ErrNotFound if
// there is no such access, ErrLastOwner if no owner would be left.
func (q Queries) RemoveAccess(ctx context.Context, id, caller uuid.UUID, allow func(AccessWithRole) error) error {
	err := q.atomic(ctx, func(q Queries) error {
		a, err := q.lockedAccess(ctx, id, caller)
		if err != nil {
			return err
		}
		if err := allow(a); err != nil {
			return err
		}
		if err := q.keepsOwner(ctx, a.Access); err != nil {
			return err
		}
		n, err := q.c.exec(ctx, `DELETE FROM meet_resource_access WHERE id = $1`, id)
		if err := changed("delete access", n, err); err != nil {
			return err
		}
		return q.tellAccess(ctx, a.Access, a.Role, NoRole, caller)
	})
	if err != nil {
		return fmt.Errorf("remove access %s: %w", id, err)
	}
	return nil
}

func (q Queries) tellAccess(ctx context.Context, a Access, before, after Role, caller uuid.UUID) error {
	if before == after {
		return nil
	}
	return q.tell(ctx, module.EventAccessChanged, a.RoomID, module.AccessChanged{
		Room: a.RoomID, User: a.UserID, Before: string(before), After: string(after), By: authorOr(ctx, caller),
	})
}

// lockedAccess reads an access after its room was locked: what was true before
// may no longer be.
func (q Queries) lockedAccess(ctx context.Context, id, caller uuid.UUID) (AccessWithRole, error) {
	if err := q.lockRoomOf(ctx, id); err != nil {
		return AccessWithRole{}, err
	}
	return q.AccessByID(ctx, id, caller)
}

// keepsOwner returns ErrLastOwner unless the room has an owner without this
// access.
func (q Queries) keepsOwner(ctx context.Context, a Access) error {
	if a.Role != Owner {
		return nil
	}
	var others int
	err := one(ctx, q.c, `SELECT COUNT(*) FROM meet_resource_access a WHERE a.resource_id = $1 AND a.role = $2 AND a.id <> $3`,
		[]any{a.RoomID, Owner, a.ID}, &others)
	if err == nil && others == 0 {
		err = ErrLastOwner
	}
	return err
}

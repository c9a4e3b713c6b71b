package memory

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
	"foyer/sdk/schema"
)

// roomWrites implements module.RoomWrites.
type roomWrites struct {
	gateway *Gateway
	name    string
}

// owned is the room as the user sees it; the lock is held.
func (g *Gateway) owned(r *room, user uuid.UUID) module.OwnedRoom {
	return module.OwnedRoom{
		Room: r.shown(), PIN: r.pin, DialIn: g.options.DialIn, Role: r.roles[user], Application: r.sources[user],
		CreatedAt: r.createdAt, UpdatedAt: r.updatedAt,
	}
}

func (w roomWrites) Find(_ context.Context, idOrSlug string, user uuid.UUID) (module.OwnedRoom, error) {
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	r, err := w.gateway.named(idOrSlug)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	return w.gateway.owned(r, user), nil
}

func (w roomWrites) Create(_ context.Context, n module.NewRoom) (module.OwnedRoom, error) {
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	if w.gateway.users[n.Owner] == nil {
		return module.OwnedRoom{}, fmt.Errorf("create room: there is no user %s", n.Owner)
	}
	r, err := w.gateway.newRoom(module.Room{Name: n.Name, AccessLevel: n.AccessLevel, Configuration: n.Configuration})
	if err != nil {
		return module.OwnedRoom{}, err
	}
	r.roles[n.Owner] = Owner
	if n.Application != uuid.Nil {
		r.sources[n.Owner] = n.Application
	}
	w.gateway.tell(module.EventRoomCreated, r.ID, module.RoomCreated{Room: r.ID, Owner: n.Owner, By: w.as(n.Owner, n.Application)})
	return w.gateway.owned(r, n.Owner), nil
}

// as is the module acting for a user.
func (w roomWrites) as(user, application uuid.UUID) module.Author {
	return module.Author{Module: w.name, User: user, Application: application}
}

func (w roomWrites) Update(_ context.Context, id, user uuid.UUID, c module.RoomChange) (module.OwnedRoom, error) {
	if err := schema.CheckRoom(c.AccessLevel, c.Configuration); err != nil {
		return module.OwnedRoom{}, err
	}
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	r, err := w.gateway.roomAt(id, c.IfUpdatedAt)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	after, err := w.gateway.changed(r, c)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	names := differences(r.Room, after)
	r.Room, r.updatedAt = after, later(w.gateway.now(), r.updatedAt)
	if len(names) > 0 {
		w.gateway.tell(module.EventRoomChanged, id, module.RoomChanged{Room: id, Changed: names, By: w.as(user, uuid.Nil)})
	}
	return w.gateway.owned(r, user), nil
}

// later is now, or just after other if that is later: every write has a time of
// its own.
func later(now, other time.Time) time.Time {
	if next := other.Add(time.Microsecond); now.Before(next) {
		return next
	}
	return now
}

// roomAt returns the room if it was last written at that time (nil = any); the
// lock is held.
func (g *Gateway) roomAt(id uuid.UUID, ifUpdatedAt *time.Time) (*room, error) {
	r, err := g.room(id)
	if err == nil && ifUpdatedAt != nil && !r.updatedAt.Equal(*ifUpdatedAt) {
		err = fmt.Errorf("room %s: %w", id, module.ErrChanged)
	}
	return r, err
}

func (w roomWrites) Delete(_ context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error {
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	if _, err := w.gateway.roomAt(id, ifUpdatedAt); err != nil {
		return err
	}
	delete(w.gateway.rooms, id)
	delete(w.gateway.meetings, id)
	maps.DeleteFunc(w.gateway.recordings, func(_ uuid.UUID, r *recording) bool { return r.Room == id })
	w.gateway.tell(module.EventRoomDeleted, id, module.RoomDeleted{Room: id, By: w.as(uuid.Nil, uuid.Nil)})
	return nil
}

func (w roomWrites) EndMeeting(_ context.Context, id uuid.UUID) error {
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	if w.gateway.away {
		return errAway
	}
	delete(w.gateway.meetings, id)
	return nil
}

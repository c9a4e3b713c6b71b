package catalog

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/module"
	"foyer/core/rooms"
	"foyer/core/store"
)

// OwnedRoomStore reads rooms with where they come from; *store.Store is one.
type OwnedRoomStore interface {
	OwnedRoomByID(ctx context.Context, id, viewer uuid.UUID) (store.OwnedRoom, error)
	OwnedRooms(ctx context.Context, x store.OwnedRoomQuery) ([]store.OwnedRoom, error)
	CountOwnedRooms(ctx context.Context, x store.OwnedRoomQuery) (int, error)
}

// RoomWriter writes rooms by the rules of the core; *rooms.Writer does.
type RoomWriter interface {
	Create(ctx context.Context, room store.Room, owner, application uuid.UUID) (store.Room, error)
	Update(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time, c rooms.Change) (store.Room, error)
	Delete(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error
	End(ctx context.Context, id uuid.UUID) error
}

// RoomWrites is module.Host.
func (h *host) RoomWrites() module.RoomWrites {
	return hostRoomWrites{h.services.Store, h.services.Rooms, h.services.Writer, dialIn(h.services.Telephony)}
}

type hostRoomWrites struct {
	store  OwnedRoomStore
	finder RoomFinder
	writer RoomWriter
	dialIn *module.DialIn
}

// dialIn is nil while telephony is off.
func dialIn(t config.Telephony) *module.DialIn {
	if !t.Enabled {
		return nil
	}
	return &module.DialIn{PhoneNumber: t.PhoneNumber, DefaultCountry: t.DefaultCountry}
}

func (h hostRoomWrites) show(r store.OwnedRoom) module.OwnedRoom {
	return module.OwnedRoom{
		Room: moduleRoom(r.RoomWithRole), PIN: r.PINCode, DialIn: h.dialIn, Role: string(r.Role), Application: r.Application,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// faultOf gives what is wrong with a room the identity of the module contract.
func faultOf(err error) error {
	f, ok := rooms.FaultOf(err)
	if !ok {
		return known(err)
	}
	kind := module.ErrInvalid
	if errors.Is(err, store.ErrConflict) {
		kind = module.ErrConflict
	}
	return &module.FieldError{Field: f.Field, Message: f.Message, Kind: kind}
}

// Find is module.RoomWrites.
func (h hostRoomWrites) Find(ctx context.Context, idOrSlug string, user uuid.UUID) (module.OwnedRoom, error) {
	r, err := h.finder.Find(ctx, idOrSlug)
	if errors.Is(err, store.ErrInvalid) {
		return module.OwnedRoom{}, module.ErrNotFound // text that no row can have
	}
	if err != nil {
		return module.OwnedRoom{}, known(err)
	}
	return h.byID(ctx, r.ID, user)
}

func (h hostRoomWrites) byID(ctx context.Context, id, user uuid.UUID) (module.OwnedRoom, error) {
	owned, err := h.store.OwnedRoomByID(ctx, id, user)
	if err != nil {
		return module.OwnedRoom{}, known(err)
	}
	return h.show(owned), nil
}

// List is module.RoomWrites. One room more than asked for tells whether there
// is a next page.
func (h hostRoomWrites) List(ctx context.Context, q module.RoomQuery) (module.RoomPage, error) {
	x := store.OwnedRoomQuery{User: q.User, Application: q.Application, Limit: q.Limit + 1, Offset: q.Offset}
	var page module.RoomPage
	var err error
	if q.After != "" {
		x.Offset = 0
		if x.After, err = readCursor(q.After); err != nil {
			return page, err
		}
	} else if page.Count, err = h.store.CountOwnedRooms(ctx, x); err != nil {
		return page, known(err)
	}
	list, err := h.store.OwnedRooms(ctx, x)
	if err != nil {
		return page, known(err)
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		if last := len(list) - 1; last >= 0 {
			page.Next = writeCursor(store.RoomCursor{Name: list[last].Name, ID: list[last].ID})
		}
	}
	for _, r := range list {
		page.Rooms = append(page.Rooms, h.show(r))
	}
	return page, nil
}

func writeCursor(c store.RoomCursor) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(text string) (*store.RoomCursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	c := &store.RoomCursor{}
	if err == nil {
		err = json.Unmarshal(b, c)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: no cursor of a list of rooms", module.ErrInvalid)
	}
	return c, nil
}

// Create is module.RoomWrites.
func (h hostRoomWrites) Create(ctx context.Context, n module.NewRoom) (module.OwnedRoom, error) {
	r, err := h.writer.Create(ctx, store.Room{
		Name: n.Name, AccessLevel: n.AccessLevel, Configuration: n.Configuration,
	}, n.Owner, n.Application)
	if err != nil {
		return module.OwnedRoom{}, faultOf(err)
	}
	return h.show(store.OwnedRoom{
		RoomWithRole: store.RoomWithRole{Room: r, Role: store.Owner}, Application: n.Application,
	}), nil
}

// Update is module.RoomWrites.
func (h hostRoomWrites) Update(ctx context.Context, room, user uuid.UUID, c module.RoomChange) (module.OwnedRoom, error) {
	_, err := h.writer.Update(ctx, room, c.IfUpdatedAt, rooms.Change{
		Name: c.Name, AccessLevel: c.AccessLevel, Configuration: c.Configuration,
	})
	if err != nil {
		return module.OwnedRoom{}, faultOf(err)
	}
	return h.byID(ctx, room, user)
}

// Delete is module.RoomWrites.
func (h hostRoomWrites) Delete(ctx context.Context, room uuid.UUID, ifUpdatedAt *time.Time) error {
	return known(h.writer.Delete(ctx, room, ifUpdatedAt))
}

// EndMeeting is module.RoomWrites.
func (h hostRoomWrites) EndMeeting(ctx context.Context, room uuid.UUID) error {
	return known(h.writer.End(ctx, room))
}

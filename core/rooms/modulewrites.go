package rooms

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
)

// OwnedRoomStore reads rooms along with where they come from; *store.Store is
// one.
type OwnedRoomStore interface {
	Reader
	OwnedRoomByID(ctx context.Context, id, viewer uuid.UUID) (store.OwnedRoom, error)
	OwnedRooms(ctx context.Context, x store.OwnedRoomQuery) ([]store.OwnedRoom, error)
	CountOwnedRooms(ctx context.Context, x store.OwnedRoomQuery) (int, error)
}

// ModuleWrites implements module.RoomWrites. The caller must check who may write.
type ModuleWrites struct {
	store  OwnedRoomStore
	finder Finder
	writer *Writer
	dialIn *module.DialIn
}

// NewModuleWrites gives modules the rooms of s; w does the writing.
func NewModuleWrites(s OwnedRoomStore, w *Writer) ModuleWrites {
	return ModuleWrites{s, NewFinder(s), w, dialIn(w.telephony)}
}

// dialIn returns nil while telephony is off.
func dialIn(t config.Telephony) *module.DialIn {
	if !t.Enabled {
		return nil
	}
	return &module.DialIn{PhoneNumber: t.PhoneNumber, DefaultCountry: t.DefaultCountry}
}

func (m ModuleWrites) show(r store.OwnedRoom) module.OwnedRoom {
	return module.OwnedRoom{
		Room: shown(r.RoomWithRole), PIN: r.PINCode, DialIn: m.dialIn, Role: string(r.Role), Application: r.Application,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// faultOf gives an error about a room its identity in the module contract.
func faultOf(err error) error {
	f, ok := FaultOf(err)
	if !ok {
		return err
	}
	kind := module.ErrInvalid
	if errors.Is(err, store.ErrConflict) {
		kind = module.ErrConflict
	}
	return &module.FieldError{Field: f.Field, Message: f.Message, Kind: kind}
}

func (m ModuleWrites) Find(ctx context.Context, idOrSlug string, user uuid.UUID) (module.OwnedRoom, error) {
	r, err := m.finder.Find(ctx, idOrSlug)
	if errors.Is(err, store.ErrInvalid) {
		return module.OwnedRoom{}, module.ErrNotFound // text that no row can contain
	}
	if err != nil {
		return module.OwnedRoom{}, err
	}
	return m.byID(ctx, r.ID, user)
}

func (m ModuleWrites) byID(ctx context.Context, id, user uuid.UUID) (module.OwnedRoom, error) {
	owned, err := m.store.OwnedRoomByID(ctx, id, user)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	return m.show(owned), nil
}

// List reads one room more than asked for, to find out whether there is a next
// page.
func (m ModuleWrites) List(ctx context.Context, q module.RoomQuery) (module.RoomPage, error) {
	x := store.OwnedRoomQuery{User: q.User, Application: q.Application, Limit: q.Limit + 1, Offset: q.Offset}
	var page module.RoomPage
	var err error
	if q.After != "" {
		x.Offset = 0
		if x.After, err = readCursor(q.After); err != nil {
			return page, err
		}
	} else if page.Count, err = m.store.CountOwnedRooms(ctx, x); err != nil {
		return page, err
	}
	list, err := m.store.OwnedRooms(ctx, x)
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		if last := len(list) - 1; last >= 0 {
			page.Next = writeCursor(store.RoomCursor{Name: list[last].Name, ID: list[last].ID})
		}
	}
	for _, r := range list {
		page.Rooms = append(page.Rooms, m.show(r))
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
		return nil, fmt.Errorf("%w: not a cursor of a list of rooms", module.ErrInvalid)
	}
	return c, nil
}

func (m ModuleWrites) Create(ctx context.Context, n module.NewRoom) (module.OwnedRoom, error) {
	r, err := m.writer.Create(ctx, store.Room{
		Name: n.Name, AccessLevel: n.AccessLevel, Configuration: n.Configuration,
	}, n.Owner, n.Application)
	if err != nil {
		return module.OwnedRoom{}, faultOf(err)
	}
	return m.show(store.OwnedRoom{
		RoomWithRole: store.RoomWithRole{Room: r, Role: store.Owner}, Application: n.Application,
	}), nil
}

func (m ModuleWrites) Update(ctx context.Context, room, user uuid.UUID, c module.RoomChange) (module.OwnedRoom, error) {
	_, err := m.writer.Update(ctx, room, c.IfUpdatedAt, Change{
		Name: c.Name, AccessLevel: c.AccessLevel, Configuration: c.Configuration,
	})
	if err != nil {
		return module.OwnedRoom{}, faultOf(err)
	}
	return m.byID(ctx, room, user)
}

func (m ModuleWrites) Delete(ctx context.Context, room uuid.UUID, ifUpdatedAt *time.Time) error {
	return m.writer.Delete(ctx, room, ifUpdatedAt)
}

func (m ModuleWrites) EndMeeting(ctx context.Context, room uuid.UUID) error {
	return m.writer.End(ctx, room)
}

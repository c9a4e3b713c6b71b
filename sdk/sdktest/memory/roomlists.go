package memory

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// roomCursor is a place in a list of rooms by name.
type roomCursor struct {
	Name string
	ID   uuid.UUID
}

func (c roomCursor) compare(other roomCursor) int {
	return cmp.Or(strings.Compare(c.Name, other.Name), strings.Compare(c.ID.String(), other.ID.String()))
}

func (w roomWrites) List(_ context.Context, q module.RoomQuery) (page module.RoomPage, err error) {
	var after *roomCursor
	if q.After != "" {
		if after, err = readRoomCursor(q.After); err != nil {
			return page, err
		}
	}
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	list := w.gateway.roomsOf(q)
	if after == nil {
		page.Count = len(list)
		list = list[min(max(q.Offset, 0), len(list)):]
	} else {
		list = slices.DeleteFunc(list, func(r module.OwnedRoom) bool { return placeOf(r).compare(*after) <= 0 })
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		if len(list) > 0 {
			page.Next = writeRoomCursor(placeOf(list[len(list)-1]))
		}
	}
	page.Rooms = list
	return page, nil
}

func placeOf(r module.OwnedRoom) roomCursor { return roomCursor{r.Name, r.ID} }

// roomsOf returns all rooms that the query selects, by name; the lock is held.
func (g *Gateway) roomsOf(q module.RoomQuery) (list []module.OwnedRoom) {
	for _, r := range g.rooms {
		if r.roles[q.User] != "" && (q.Application == uuid.Nil || r.sources[q.User] == q.Application) {
			list = append(list, g.owned(r, q.User))
		}
	}
	slices.SortFunc(list, func(a, b module.OwnedRoom) int { return placeOf(a).compare(placeOf(b)) })
	return list
}

func writeRoomCursor(c roomCursor) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readRoomCursor(text string) (*roomCursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	c := &roomCursor{}
	if err == nil {
		err = json.Unmarshal(b, c)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: not a cursor of a list of rooms", module.ErrInvalid)
	}
	return c, nil
}

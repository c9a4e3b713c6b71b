package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

var names = []string{"Weekly call", "weekly-call", "Réunion", "reunion", "会議室", "食堂", "", "a\x00b", "\xff", "0b6d1f0e-0000-4000-8000-00000000000a", "ﬁn Ⅳ", "!"}

// told returns what can be compared about a room.
func told(r module.OwnedRoom, err error) string {
	slug := r.Slug
	if len(r.Name) == 0 || r.Name == slug || r.Name == "会議室" || r.Name == "食堂" || r.Name == "!" {
		slug, r.Name = "drawn", ""
	}
	pin := 0
	if r.PIN != nil {
		pin = len(*r.PIN)
	}
	var fault *module.FieldError
	errors.As(err, &fault)
	return fmt.Sprint(r.Name, slug, r.AccessLevel, string(r.Configuration), pin, r.DialIn, r.Role, r.Application, fault, kindOf(err))
}

func (w *twins) room() {
	owner, name, level := pick(w, alice, bob), pick(w, names...), pick(w, "public", "trusted", "restricted", "trusted", "open", "")
	configuration := pick(w, nil, json.RawMessage(`{}`), json.RawMessage(`{"everyone_can_mute":true}`), json.RawMessage(`{"a":1}`), json.RawMessage(`[1]`), json.RawMessage(`{`), json.RawMessage(`null`))
	application := pick(w, uuid.Nil, nobody)
	which, verb, stale := w.IntN(len(w.rooms[0])+1), w.IntN(5), w.IntN(2) == 0
	w.both("room", func(i int, h module.Host) string {
		writes := h.RoomWrites()
		if verb == 0 || which == len(w.rooms[i]) {
			r, err := writes.Create(w.Context(), module.NewRoom{Name: name, AccessLevel: level, Configuration: configuration, Owner: owner, Application: application})
			if err == nil {
				w.rooms[i] = append(w.rooms[i], r)
			}
			return told(r, err)
		}
		r, at := &w.rooms[i][which], (*time.Time)(nil)
		if stale {
			at = new(r.UpdatedAt)
		}
		switch verb {
		case 1:
			changed, err := writes.Update(w.Context(), r.ID, owner, module.RoomChange{Name: &name, Configuration: configuration, IfUpdatedAt: at})
			if err == nil && name != "!" { // otherwise the next one is stale
				*r = changed
			}
			return told(changed, err)
		case 2:
			return kindOf(writes.Delete(w.Context(), r.ID, at))
		case 3:
			return told(writes.Find(w.Context(), name, owner))
		}
		return told(writes.Find(w.Context(), r.ID.String(), owner))
	})
	w.both("rooms", func(_ int, h module.Host) string {
		page, err := h.RoomWrites().List(w.Context(), module.RoomQuery{User: owner, Application: application, Limit: 100})
		return fmt.Sprint(len(page.Rooms), page.Count, kindOf(err))
	})
}

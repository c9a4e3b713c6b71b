package memory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/module"
	"foyer/sdk/roomname"
	"foyer/sdk/schema"
)

const (
	pinLength = 10
	nameDraws = 8
)

// newRoom stores a room without an owner, with an id and a slug, and with a PIN
// while telephony is on; the lock is held.
func (g *Gateway) newRoom(r module.Room) (*room, error) {
	if err := schema.CheckRoom(&r.AccessLevel, r.Configuration); err != nil {
		return nil, err
	}
	name, err := newName(r.Name)
	if err == nil {
		err = storable(&r)
	}
	for draws := 0; err == nil && !g.slugFree(name.Slug, uuid.Nil); draws++ {
		if roomname.Slug(r.Name) != "" || draws == nameDraws {
			err = slugTaken()
			break
		}
		name, err = newName(r.Name)
	}
	if err != nil {
		return nil, err
	}
	if r.ID == uuid.Nil {
		r.ID = uuid.New()
	}
	if g.rooms[r.ID] != nil {
		return nil, fmt.Errorf("create room %s: %w", r.ID, module.ErrConflict)
	}
	r.Name, r.Slug = name.Text, name.Slug
	made := &room{Room: r, createdAt: g.now(), roles: map[uuid.UUID]string{}, sources: map[uuid.UUID]uuid.UUID{}}
	made.updatedAt = made.createdAt
	if g.options.DialIn != nil {
		pin := fmt.Sprintf("%0*d", pinLength, rand.Int64N(1e10))
		made.pin = &pin
	}
	g.rooms[r.ID] = made
	return made, nil
}

// newName is the name of a new room; without a text it is called by its slug.
func newName(text string) (roomname.Name, error) {
	name, err := roomname.Name{}.Become(text, nil)
	if err == nil && text == "" {
		name.Text = name.Slug
	}
	return name, err
}

// storable gives a room the form in which it is kept, or says why it cannot be.
func storable(r *module.Room) (err error) {
	if r.Configuration, err = object(r.Configuration); err != nil {
		return err
	}
	return checkText(r.Name)
}

// slugFree reports whether no other room has the slug.
func (g *Gateway) slugFree(slug string, id uuid.UUID) bool {
	for _, r := range g.rooms {
		if r.Slug == slug && r.ID != id {
			return false
		}
	}
	return true
}

func slugTaken() error {
	return &module.FieldError{Field: "slug", Message: "Room with this Slug already exists.", Kind: module.ErrConflict}
}

// changed is the room after the change; the lock is held.
func (g *Gateway) changed(r *room, c module.RoomChange) (after module.Room, err error) {
	after = r.Room
	if c.AccessLevel != nil {
		after.AccessLevel = *c.AccessLevel
	}
	if c.Configuration != nil {
		after.Configuration = c.Configuration
	}
	if c.Name != nil {
		name, err := roomname.Name{Text: r.Name, Slug: r.Slug}.Become(*c.Name, nil)
		if err != nil {
			return after, err
		}
		after.Name, after.Slug = name.Text, name.Slug
	}
	if err := storable(&after); err != nil {
		return after, err
	}
	if !g.slugFree(after.Slug, r.ID) {
		return after, slugTaken()
	}
	return after, nil
}

// differences are the changed fields, as module.RoomChanged names them.
func differences(a, b module.Room) (names []string) {
	for _, field := range []struct {
		name string
		same bool
	}{
		{"name", a.Name == b.Name},
		{"slug", a.Slug == b.Slug},
		{"access_level", a.AccessLevel == b.AccessLevel},
		{"configuration", sameJSON(a.Configuration, b.Configuration)},
	} {
		if !field.same {
			names = append(names, field.name)
		}
	}
	return names
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// object is raw, or {} if it is empty; anything but an object is ErrInvalid.
func object(raw json.RawMessage) (json.RawMessage, error) {
	text := strings.TrimSpace(string(raw))
	if text == "" || text == "null" {
		return json.RawMessage(`{}`), nil
	}
	if text[0] != '{' || !json.Valid(raw) {
		return nil, fmt.Errorf("%w: not a JSON object", module.ErrInvalid)
	}
	return bytes.Clone(raw), nil
}

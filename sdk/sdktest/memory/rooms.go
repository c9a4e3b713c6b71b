package memory

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/roomname"
)

// room is a room, with who may do what in it.
type room struct {
	module.Room
	pin                  *string
	createdAt, updatedAt time.Time
	roles                map[uuid.UUID]string    // by user
	sources              map[uuid.UUID]uuid.UUID // applications that created it, by user
}

// shown is a copy for modules.
func (r *room) shown() module.Room {
	out := r.Room
	out.Configuration = bytes.Clone(out.Configuration)
	return out
}

// room returns a room by its id, or ErrNotFound; the lock is held.
func (g *Gateway) room(id uuid.UUID) (*room, error) {
	if r := g.rooms[id]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("find room %s: %w", id, module.ErrNotFound)
}

// named returns the room that a path names, or ErrNotFound; the lock is held.
func (g *Gateway) named(idOrSlug string) (*room, error) {
	if id, ok := body.ParseUUID(idOrSlug); ok {
		return g.room(id)
	}
	slug := roomname.Slug(idOrSlug)
	if id, ok := body.ParseUUID(slug); ok {
		return g.room(id)
	}
	for _, r := range g.rooms {
		if slug != "" && r.Slug == slug {
			return r, nil
		}
	}
	return nil, fmt.Errorf("find room %q: %w", idOrSlug, module.ErrNotFound)
}

// rooms implements module.Rooms.
type rooms struct{ gateway *Gateway }

func (x rooms) ByID(_ context.Context, id uuid.UUID) (module.Room, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	r, err := x.gateway.room(id)
	if err != nil {
		return module.Room{}, err
	}
	return r.shown(), nil
}

func (x rooms) Find(_ context.Context, idOrSlug string) (module.Room, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	r, err := x.gateway.named(idOrSlug)
	if err != nil {
		return module.Room{}, err
	}
	return r.shown(), nil
}

func (x rooms) Role(_ context.Context, id, user uuid.UUID) (string, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	r, err := x.gateway.room(id)
	if err != nil {
		return "", err
	}
	return r.roles[user], nil
}

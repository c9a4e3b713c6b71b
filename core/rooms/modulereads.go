package rooms

import (
	"context"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/module"
)

// ModuleReads implements module.Rooms.
type ModuleReads struct {
	reader Reader
	finder Finder
}

// NewModuleReads gives modules access to the rooms of r.
func NewModuleReads(r Reader) ModuleReads { return ModuleReads{r, NewFinder(r)} }

// shown is a room as modules see it.
func shown(r store.RoomWithRole) module.Room {
	return module.Room{ID: r.ID, Name: r.Name, Slug: r.Slug, AccessLevel: r.AccessLevel, Configuration: r.Configuration}
}

func (m ModuleReads) ByID(ctx context.Context, id uuid.UUID) (module.Room, error) {
	r, err := m.reader.RoomByID(ctx, id, uuid.Nil)
	return shown(r), err
}

func (m ModuleReads) Find(ctx context.Context, idOrSlug string) (module.Room, error) {
	r, err := m.finder.Find(ctx, idOrSlug)
	return shown(r), err
}

func (m ModuleReads) Role(ctx context.Context, room, user uuid.UUID) (string, error) {
	r, err := m.reader.RoomByID(ctx, room, user)
	return string(r.Role), err
}

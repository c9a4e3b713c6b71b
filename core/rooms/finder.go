package rooms

import (
	"context"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/roomname"
)

// Reader finds rooms; *store.Store is one.
type Reader interface {
	RoomByID(ctx context.Context, id, viewer uuid.UUID) (store.RoomWithRole, error)
	RoomBySlug(ctx context.Context, slug string, viewer uuid.UUID) (store.RoomWithRole, error)
}

// Finder finds the room a path names.
type Finder struct{ reader Reader }

// NewFinder returns a Finder that reads from r.
func NewFinder(r Reader) Finder { return Finder{r} }

// Find takes a UUID in any spelling, or a name, which it slugifies (core-rest.md
// 1.8); store.ErrNotFound if there is no such room. The result has no role.
func (f Finder) Find(ctx context.Context, idOrSlug string) (store.RoomWithRole, error) {
	return f.FindFor(ctx, idOrSlug, uuid.Nil)
}

// FindFor is Find with the role of the viewer.
func (f Finder) FindFor(ctx context.Context, idOrSlug string, viewer uuid.UUID) (store.RoomWithRole, error) {
	if id, ok := body.ParseUUID(idOrSlug); ok {
		return f.reader.RoomByID(ctx, id, viewer)
	}
	slug := roomname.Slug(idOrSlug)
	if id, ok := body.ParseUUID(slug); ok {
		// No room has such a slug, but it is the media server's name of a room:
		// treated as a name that nobody created, it would open that room to
		// everybody.
		return f.reader.RoomByID(ctx, id, viewer)
	}
	return f.reader.RoomBySlug(ctx, slug, viewer)
}

package rooms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/livekit"
	"foyer/core/store"
)

// WriterStore keeps rooms; *store.Store is one.
type WriterStore interface {
	CreateRoom(ctx context.Context, r store.Room, owner uuid.UUID) (store.Room, error)
	CreateOwnedRoom(ctx context.Context, r store.Room, owner, application uuid.UUID) (store.Room, error)
	ChangeRoom(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time, change func(*store.Room) error) (before, after store.Room, err error)
	DeleteRoomIf(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error
}

// WriterOptions are what NewWriter needs.
type WriterOptions struct {
	Telephony config.Telephony
	Store     WriterStore
	Metadata  Metadata
	Live      Meetings
	Log       *slog.Logger
}

// Writer creates, changes and deletes rooms by the rules that hold whoever asks
// for it. Who may ask is not its matter.
type Writer struct {
	telephony config.Telephony
	store     WriterStore
	metadata  Metadata
	live      Meetings
	names     atomic.Pointer[map[string]bool] // of routes, nil = none
	log       *slog.Logger
}

// NewWriter makes a writer.
func NewWriter(o WriterOptions) *Writer {
	return &Writer{telephony: o.Telephony, store: o.Store, metadata: o.Metadata, live: o.Live, log: o.Log}
}

// nameDraws bounds the search for a random slug that is free; there are 26^10.
const nameDraws = 8

// Create stores a room; application is who does it, uuid.Nil at the frontend.
// The slug follows the name; where the name gives none it is a random one, and
// without a name that is the name too. Errors are a *Fault, or a conflict on the
// slug.
func (w *Writer) Create(ctx context.Context, room store.Room, owner, application uuid.UUID) (store.Room, error) {
	name := room.Name
	for range nameDraws {
		room.Slug = ""
		if err := w.rename(&room, name); err != nil {
			return store.Room{}, err
		}
		if name == "" {
			room.Name = room.Slug
		}
		stored, err := w.insert(ctx, room, owner, application)
		if c, ok := errors.AsType[*store.Conflict](err); !ok || c.Field != "slug" || Slugify(name) != "" {
			return stored, err
		}
	}
	return store.Room{}, fmt.Errorf("no free slug found for a room in %d draws", nameDraws)
}

// Change is what changes of a room; nil keeps the value.
type Change struct {
	Name, AccessLevel *string
	Configuration     []byte
}

// Update changes a room as it is then, and tells a live meeting of its new
// rules. Errors are a *Fault, or those of the store: ErrNotFound, ErrChanged
// unless the room was last written at ifUpdatedAt, a conflict on the slug.
func (w *Writer) Update(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time, c Change) (store.Room, error) {
	before, after, err := w.store.ChangeRoom(ctx, id, ifUpdatedAt, func(r *store.Room) error {
		if c.AccessLevel != nil {
			r.AccessLevel = *c.AccessLevel
		}
		if c.Configuration != nil {
			r.Configuration = c.Configuration
		}
		if c.Name != nil {
			return w.rename(r, *c.Name)
		}
		return nil
	})
	if err != nil {
		return store.Room{}, err
	}
	if after.AccessLevel != before.AccessLevel || !sameJSON(after.Configuration, before.Configuration) {
		w.syncMetadata(ctx, after)
	}
	return after, nil
}

// Delete removes a room and ends its meeting. The room is gone when the media
// server cannot be told, which is only logged: nobody can join again.
func (w *Writer) Delete(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error {
	if err := w.store.DeleteRoomIf(ctx, id, ifUpdatedAt); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), syncTime)
	defer cancel()
	if err := w.End(ctx, id); err != nil {
		w.log.WarnContext(ctx, "meeting of a deleted room not ended", "room", id, "error", err)
	}
	return nil
}

// End disconnects everybody in a room; nobody there is fine.
func (w *Writer) End(ctx context.Context, id uuid.UUID) error {
	err := w.live.DeleteRoom(ctx, id.String())
	if errors.Is(err, livekit.ErrNotFound) {
		return nil
	}
	return err
}

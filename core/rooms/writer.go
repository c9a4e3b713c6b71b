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
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/roomname"
	"foyer/sdk/schema"
)

// WriterStore keeps rooms; *store.Store is one.
type WriterStore interface {
	CreateRoom(ctx context.Context, r store.Room, owner uuid.UUID) (store.Room, error)
	CreateOwnedRoom(ctx context.Context, r store.Room, owner, application uuid.UUID) (store.Room, error)
	InTx(ctx context.Context, f func(*store.Tx) error) error
}

// Meetings is told what happens to a room whose meeting may be going on, in the
// same transaction; *meetings.Meetings is one.
type Meetings interface {
	// DeletedTx ends the meeting for good.
	DeletedTx(ctx context.Context, tx *store.Tx, room uuid.UUID) error
	// ClosedTx lets those already in the meeting stay when the room's access
	// level becomes stricter.
	ClosedTx(ctx context.Context, tx *store.Tx, room uuid.UUID) error
}

// WriterOptions are what NewWriter needs.
type WriterOptions struct {
	Telephony config.Telephony
	Store     WriterStore
	Metadata  Metadata
	Live      Live
	Meetings  Meetings
	Log       *slog.Logger
}

// Writer creates, changes and deletes rooms by the rules that apply whoever is
// asking. It does not check who may ask.
type Writer struct {
	telephony config.Telephony
	store     WriterStore
	metadata  Metadata
	live      Live
	meetings  Meetings
	names     atomic.Pointer[map[string]bool] // of routes, nil = none reserved
	log       *slog.Logger
}

// NewWriter returns a writer.
func NewWriter(o WriterOptions) *Writer {
	return &Writer{
		telephony: o.Telephony, store: o.Store, metadata: o.Metadata, live: o.Live, meetings: o.Meetings, log: o.Log,
	}
}

// nameDraws is how often a random slug is drawn until one is free; there are
// 26^10.
const nameDraws = 8

// Create stores a room; application is the one creating it, uuid.Nil for the
// frontend. The slug is derived from the name; if that leaves nothing it is
// random, and a room without a name gets the random slug as its name too. Errors
// are a *Fault, or a conflict on the slug.
func (w *Writer) Create(ctx context.Context, room store.Room, owner, application uuid.UUID) (store.Room, error) {
	if err := check(&room.AccessLevel, room.Configuration); err != nil {
		return store.Room{}, err
	}
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
		if c, ok := errors.AsType[*store.Conflict](err); !ok || c.Field != "slug" || roomname.Slug(name) != "" {
			return stored, err
		}
	}
	return store.Room{}, fmt.Errorf("no free slug found for a room in %d draws", nameDraws)
}

// Change is what to change in a room; nil leaves the value as it is.
type Change struct {
	Name, AccessLevel *string
	Configuration     []byte
}

// Update changes the room as it is then, and tells a live meeting its new rules.
// Errors are a *Fault, or those of the store: ErrNotFound, ErrChanged if the room
// was not last written at ifUpdatedAt, a conflict on the slug.
func (w *Writer) Update(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time, c Change) (store.Room, error) {
	if err := check(c.AccessLevel, c.Configuration); err != nil {
		return store.Room{}, err
	}
	var before, after store.Room
	err := w.store.InTx(ctx, func(tx *store.Tx) (err error) {
		before, after, err = tx.ChangeRoom(ctx, id, ifUpdatedAt, func(r *store.Room) error { return w.apply(r, c) })
		if err == nil && strictness(after.AccessLevel) > strictness(before.AccessLevel) {
			err = w.meetings.ClosedTx(ctx, tx, id)
		}
		return err
	})
	if err != nil {
		return store.Room{}, err
	}
	if after.AccessLevel != before.AccessLevel || !store.SameJSON(after.Configuration, before.Configuration) {
		w.syncMetadata(ctx, after)
	}
	return after, nil
}

// check refuses values that no room can have, whoever is asking; REST has already
// checked them, in the contract's words. A nil or empty value means that none was
// given.
func check(level *string, configuration []byte) error {
	return asFault(schema.CheckRoom(level, configuration))
}

func (w *Writer) apply(r *store.Room, c Change) error {
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
}

// strictness orders access levels by how few they let in.
func strictness(level string) int {
	switch level {
	case store.Public:
		return 0
	case store.Trusted:
		return 1
	}
	return 2
}

// Delete removes a room and ends its meeting, by a job stored in the same
// transaction: nobody gets another token for it, whatever the media server does.
func (w *Writer) Delete(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error {
	return w.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteRoomIf(ctx, id, ifUpdatedAt); err != nil {
			return err
		}
		return w.meetings.DeletedTx(ctx, tx, id)
	})
}

// End disconnects everybody in a room; an empty room is fine.
func (w *Writer) End(ctx context.Context, id uuid.UUID) error {
	err := w.live.DeleteRoom(ctx, id.String())
	if errors.Is(err, livekit.ErrNotFound) {
		return nil
	}
	return err
}

package module

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Errors of services that write. They keep their identity across processes.
var (
	// ErrConflict: a value that must be unique is taken.
	ErrConflict = errors.New("conflict")
	// ErrInvalid: a value is refused.
	ErrInvalid = errors.New("invalid value")
	// ErrChanged: the row is no longer as the caller saw it.
	ErrChanged = errors.New("changed meanwhile")
	// ErrNotAllowed: the instance's configuration forbids it.
	ErrNotAllowed = errors.New("not allowed here")
)

// FieldError is an ErrInvalid or ErrConflict about one field, in the words that
// clients know.
type FieldError struct {
	Field   string // such as "slug"
	Message string // such as "Room with this Slug already exists."
	Kind    error  // ErrInvalid or ErrConflict
}

// Error is field and message.
func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// Unwrap returns the kind.
func (e *FieldError) Unwrap() error { return e.Kind }

// OwnedRoom is a room, with what its owners and creators need to know.
type OwnedRoom struct {
	Room
	PIN         *string   // nil = without
	DialIn      *DialIn   // how to call in; nil = telephony is off
	Role        string    // of the asking user: owner, administrator, member or ""
	Application uuid.UUID // that created it for that user, uuid.Nil = none did
	CreatedAt   time.Time // UTC, microseconds
	UpdatedAt   time.Time // UTC, microseconds; grows with every write
}

// DialIn is the number to call, with a room's PIN.
type DialIn struct {
	PhoneNumber    string // as configured, "" = none
	DefaultCountry string // of a number without prefix, two letters
}

// NewRoom is a room to create.
type NewRoom struct {
	Name          string // "" = a random one: three groups of 3, 4, 3 letters
	AccessLevel   string // public, trusted or restricted
	Configuration json.RawMessage
	Owner         uuid.UUID
	Application   uuid.UUID // uuid.Nil = no application
}

// RoomQuery asks for a page of the rooms in which a user has any role, by name.
type RoomQuery struct {
	User uuid.UUID
	// Application restricts the list to rooms that it created for the user;
	// uuid.Nil = all.
	Application uuid.UUID
	Limit       int
	Offset      int
	// After continues after the cursor of an earlier page, instead of Offset.
	After string
}

// RoomPage is an answer to RoomQuery.
type RoomPage struct {
	Rooms []OwnedRoom
	Count int    // of all pages; not set when After was given
	Next  string // cursor after the last room, "" = there is no more
}

// RoomChange is a change to a room; nil keeps the value.
type RoomChange struct {
	Name          *string
	AccessLevel   *string
	Configuration json.RawMessage
	// IfUpdatedAt is the time of the last write that the caller saw; if there was
	// another, the change is ErrChanged. nil = change anyway.
	IfUpdatedAt *time.Time
}

// RoomWrites creates, lists, changes and deletes rooms. The caller has to check
// who may do so.
type RoomWrites interface {
	// Find takes a UUID in any spelling or a name, and returns the room with the
	// user's role; ErrNotFound if there is no such room.
	Find(ctx context.Context, idOrSlug string, user uuid.UUID) (OwnedRoom, error)
	// List returns a page. ErrInvalid for a malformed cursor.
	List(ctx context.Context, q RoomQuery) (RoomPage, error)
	// Create stores the room, with a PIN while telephony is on, its owner and its
	// source, all or nothing. Faults of the name are a *FieldError.
	Create(ctx context.Context, r NewRoom) (OwnedRoom, error)
	// Update changes the room and informs a live meeting of its new rules; the
	// slug follows the name. ErrNotFound, ErrChanged, or a *FieldError.
	Update(ctx context.Context, room, user uuid.UUID, c RoomChange) (OwnedRoom, error)
	// Delete removes the room and ends its live meeting. ErrNotFound, or
	// ErrChanged if it was not last written at ifUpdatedAt (nil = delete anyway).
	Delete(ctx context.Context, room uuid.UUID, ifUpdatedAt *time.Time) error
	// EndMeeting disconnects everybody in the room; it is fine if nobody is
	// there.
	EndMeeting(ctx context.Context, room uuid.UUID) error
}

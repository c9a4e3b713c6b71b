package store

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// Errors of the store, wrapped with what was attempted. Those that modules know
// too are the module contract's own.
var (
	// ErrNotFound: there is no such row.
	ErrNotFound = module.ErrNotFound
	// ErrConflict: a unique rule refused the row; Conflict says which.
	ErrConflict = module.ErrConflict
	// ErrChanged: the row is no longer what the caller saw.
	ErrChanged = module.ErrChanged
	// ErrLastOwner: a room must keep at least one owner.
	ErrLastOwner = errors.New("the last owner of a room")
)

// Conflict is an ErrConflict that names the rule: "slug", "pin_code", "sub",
// "email" (of an account without a sub), "admin_email", "access", "client_id",
// "recording" (a second one under way in a room), "process" (another recording's
// job); "" is any other, such as an id used twice.
type Conflict struct{ Field string }

func (c *Conflict) Error() string { return "conflict on " + c.Field }

// Is makes errors.Is(err, ErrConflict) true.
func (c *Conflict) Is(target error) bool { return target == ErrConflict }

// Role is a user's role on a room; "" = none.
type Role string

// The roles (database.md 4).
const (
	NoRole        Role = ""
	Member        Role = "member"
	Administrator Role = "administrator"
	Owner         Role = "owner"
)

// Privileged reports whether the role is owner or administrator.
func (r Role) Privileged() bool { return r == Owner || r == Administrator }

// Access levels of a room (database.md 4).
const (
	Public     = "public"
	Trusted    = "trusted"
	Restricted = "restricted"
)

// KnownAccessLevel reports whether a room can have the level.
func KnownAccessLevel(level string) bool {
	return level == Public || level == Trusted || level == Restricted
}

// User is a row of meet_user (database.md 2).
type User struct {
	ID                       uuid.UUID
	CreatedAt, UpdatedAt     time.Time // UTC, microseconds
	LastLogin                *time.Time
	Password                 string // unusable marker or legacy hash (database.md 6)
	Sub                      *string
	Email                    *string
	AdminEmail               *string
	FullName, ShortName      *string
	Language, Timezone       string
	IsDevice                 bool
	IsStaff                  bool
	IsSuperuser              bool
	IsActive                 bool
	DefaultRoomAccessLevel   *string         // nil and "" both mean unset, but are kept apart
	DefaultRoomConfiguration json.RawMessage // an object, as stored
}

// Room is meet_room with its meet_resource.
type Room struct {
	ID                   uuid.UUID
	Name, Slug           string
	Configuration        json.RawMessage // an object, as stored
	AccessLevel          string
	PINCode              *string
	CreatedAt, UpdatedAt time.Time
}

// Access is a row of meet_resource_access.
type Access struct {
	ID, UserID, RoomID   uuid.UUID
	Role                 Role
	CreatedAt, UpdatedAt time.Time
}

// AccessWithRole is an access and one caller's role on its room.
type AccessWithRole struct {
	Access
	ViewerRole Role
}

// AccessWithUser is an access with the account it belongs to.
type AccessWithUser struct {
	Access
	User User
}

// RoomWithRole is a room and one caller's role in it.
type RoomWithRole struct {
	Room
	Role Role
}

// Session is a browser session.
type Session struct {
	Token     string     // hash of the cookie's value
	UserID    *uuid.UUID // nil: nobody's, never found live
	SID       string     // the provider's session id (OIDC sid), "" = unknown
	Data      []byte
	ExpiresAt time.Time
}

// Event is a webhook event as received.
type Event struct {
	ID, Name, Room string
	ReceivedAt     time.Time
	Body           []byte // protobuf JSON, as received
}

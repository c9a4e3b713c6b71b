package module

import "github.com/google/uuid"

// Events of the core: changes to its data. Each is stored in the transaction that
// makes the change, so it is emitted if, and only if, the change was made. The
// Body is the named type, in JSON; Event.Room is the room's UUID if there is a
// room.
//
// Their names have dots, unlike those of LiveKit ("room_started") and of modules
// ("recording_saved"), and begin with "core.", which no module can be named.
//
// They say what changed but not the new values: deliveries come in no promised
// order, so a listener reads the current state with the services it was granted.
const (
	EventRoomCreated = "core.room.created" // RoomCreated
	EventRoomChanged = "core.room.changed" // RoomChanged
	EventRoomDeleted = "core.room.deleted" // RoomDeleted
	EventUserCreated = "core.user.created" // UserCreated
	EventUserChanged = "core.user.changed" // UserChanged
	// EventAccessChanged is an AccessChanged. It is not emitted for a new room's
	// owner, nor for the accesses that go with a deleted room.
	EventAccessChanged = "core.access.changed"
	// EventApplicationChanged is an ApplicationChanged.
	EventApplicationChanged = "core.application.changed"
)

// RoomCreated is the body of EventRoomCreated.
type RoomCreated struct {
	Room  uuid.UUID `json:"room"`
	Owner uuid.UUID `json:"owner"`
	By    Author    `json:"by"`
}

// RoomChanged is the body of EventRoomChanged.
type RoomChanged struct {
	Room    uuid.UUID `json:"room"`
	Changed []string  `json:"changed"` // of name, slug, access_level, configuration; one at least
	By      Author    `json:"by"`
}

// RoomDeleted is the body of EventRoomDeleted.
type RoomDeleted struct {
	Room uuid.UUID `json:"room"`
	By   Author    `json:"by"`
}

// UserCreated is the body of EventUserCreated.
type UserCreated struct {
	User uuid.UUID `json:"user"`
	By   Author    `json:"by"`
}

// UserChanged is the body of EventUserChanged.
type UserChanged struct {
	User uuid.UUID `json:"user"`
	// Changed are one or more of sub, email, full_name, short_name, language,
	// timezone, default_room_access_level, default_room_configuration.
	Changed []string `json:"changed"`
	By      Author   `json:"by"`
}

// AccessChanged is the body of EventAccessChanged. Roles are owner, administrator
// and member.
type AccessChanged struct {
	Room   uuid.UUID `json:"room"`
	User   uuid.UUID `json:"user"` // whose access it is
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"` // "" = it was taken away
	By     Author    `json:"by"`
}

// Kinds of change to an application, for ApplicationChanged.
const (
	ApplicationCreated = "created"
	ApplicationAltered = "changed"
	ApplicationDeleted = "deleted"
)

// ApplicationChanged is the body of EventApplicationChanged.
type ApplicationChanged struct {
	Application uuid.UUID `json:"application"`
	Change      string    `json:"change"` // ApplicationCreated, ApplicationAltered or ApplicationDeleted
	// Changed are, if the application was altered, one or more of name, active,
	// scopes, domains, require_domains, addresses, secrets, keys.
	Changed []string `json:"changed,omitempty"`
	By      Author   `json:"by"`
}

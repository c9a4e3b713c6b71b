package module

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"foyer/sdk/conf"
)

// Errors of host services. They keep their identity (errors.Is) across
// processes.
var (
	// ErrNotFound: there is no such row or key.
	ErrNotFound = errors.New("not found")
	// ErrNotGranted: the module did not name the service in Needs.
	ErrNotGranted = errors.New("not granted: name the service in Needs")
	// ErrUnsupported: the gateway does not have the service or the method,
	// because it is older than the module or was put together without it.
	ErrUnsupported = errors.New("not supported by this gateway")
	// ErrUnavailable: the service cannot answer now; try again later.
	ErrUnavailable = errors.New("unavailable")
	// ErrPostponed: not now, through no fault of the job (Worker.Work,
	// Listener.Listen). It runs again later, without losing an attempt.
	ErrPostponed = errors.New("postponed")
	// ErrGiveUp ends a job that another attempt cannot help (Worker.Work): it is
	// given up at once, but stays visible to operators.
	ErrGiveUp = errors.New("given up")
)

// Needs names what a module asks of the host.
type Needs struct {
	Rooms, Users, Jobs, KV, Flags, LiveKit bool
	Applications, Accounts, RoomWrites     bool
	Recordings, Metadata, Storage          bool
	Mail, Throttle, Documents              bool
}

// Host is what a module is granted. Services that Needs does not name are present
// but refuse every call.
type Host interface {
	Rooms() Rooms
	Users() Users
	Jobs() Jobs
	KV() KV
	Documents() Documents
	Flags() Flags
	Applications() Applications
	Accounts() Accounts
	RoomWrites() RoomWrites
	Throttle() Throttle
	// LiveKit returns the server's address and key; ErrNotGranted if not in
	// Needs.
	LiveKit() (LiveKit, error)
	Recordings() Recordings
	Metadata() Metadata
	// Storage says where files are kept; ErrNotGranted if not in Needs.
	Storage() (Storage, error)
	Mail() Mail
	Log() *slog.Logger
	Tracer() trace.Tracer
}

// Room is a registered room.
type Room struct {
	ID            uuid.UUID       `json:"id"`
	Name          string          `json:"name"`
	Slug          string          `json:"slug"`
	AccessLevel   string          `json:"access_level"` // public, trusted or restricted
	Configuration json.RawMessage `json:"configuration"`
}

// Rooms reads rooms.
type Rooms interface {
	// ByID returns one room, or ErrNotFound.
	ByID(ctx context.Context, id uuid.UUID) (Room, error)
	// Find takes a UUID in any spelling or a name, as paths do, or ErrNotFound.
	Find(ctx context.Context, idOrSlug string) (Room, error)
	// Role is the user's role in the room: owner, administrator, member or "".
	Role(ctx context.Context, room, user uuid.UUID) (string, error)
}

// User is an account.
type User struct {
	ID       uuid.UUID `json:"id"`
	Sub      string    `json:"sub"`
	Email    string    `json:"email"`
	FullName string    `json:"full_name"`
	Language string    `json:"language"`
	Timezone string    `json:"timezone"`
}

// Users reads accounts.
type Users interface {
	// ByID returns one account, or ErrNotFound.
	ByID(ctx context.Context, id uuid.UUID) (User, error)
}

// Jobs enqueues durable work for the module's own Worker.
type Jobs interface {
	// Enqueue stores a job; args must encode to JSON. With a non-empty Unique, a
	// repeat of an unfinished (kind, unique) is a no-op.
	Enqueue(ctx context.Context, kind string, args any, o JobOptions) error
}

// JobOptions are options of Enqueue; the zero value means "now, with retries".
type JobOptions struct {
	Unique      string        // key that makes repeats no-ops
	Delay       time.Duration // not before
	MaxAttempts int           // 0 = the configured default
}

// KV keeps small values that all replicas share; keys belong to the module. Use
// Documents for values that are listed, found by more than their key, or written
// together with something else.
type KV interface {
	// Get returns the value, or ErrNotFound if it is absent or expired.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put stores the value for ttl (0 = for ever).
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// PutIfAbsent stores the value if there is no live one, atomically over all
	// replicas, and reports whether it did.
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	// DeleteIf removes the key if it still holds value, atomically, and reports
	// whether it did; with PutIfAbsent it makes a lock with an owner.
	DeleteIf(ctx context.Context, key string, value []byte) (bool, error)
	// Delete removes the key; a missing one is fine.
	Delete(ctx context.Context, key string) error
}

// Flags evaluates feature flags for one user.
type Flags interface {
	// Enabled evaluates key with the user's database id as targeting key; any
	// failure yields the flag's default.
	Enabled(ctx context.Context, key Flag, user uuid.UUID) bool
}

// LiveKit is the address of the LiveKit server and the key to it; sdk/livekit
// makes clients from it.
type LiveKit struct {
	URL       string // ws(s) or http(s)
	APIKey    string
	APISecret conf.Secret
	VerifyTLS bool
}

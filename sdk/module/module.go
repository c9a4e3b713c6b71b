package module

import (
	"context"
	"time"

	"foyer/sdk/conf"
)

// Module is a feature of the product. Methods other than Start and Stop are
// pure: they may be called before Start, more than once, and from several
// goroutines.
type Module interface {
	// Name is the config section (modules.<name>) and the key of the flag that
	// switches the module on: lower-case letters, digits and underscores.
	Name() string
	// Config returns the section to decode: a pointer to typed values that hold
	// the defaults. It is always the same pointer. The section has been decoded
	// and validated when Start is called, and does not change until Stop returns.
	Config() conf.Section
	// Needs names the host services that the module uses. All others refuse with
	// ErrNotGranted, in either placement.
	Needs() Needs
	// Routes are the module's HTTP routes: pure data, valid before Start. They
	// may depend on the configuration.
	Routes() []Route
	// Start makes the module ready to serve. An error ends the start of the
	// gateway, naming the module; Stop is still called.
	Start(ctx context.Context, h Host) error
	// Stop releases everything, in the time ctx leaves. It is safe after a
	// failed Start, and a stopped module may be started again.
	Stop(ctx context.Context) error
}

// Prefixed is a module whose routes are below a path of its own choice instead of
// BasePath and its name.
type Prefixed interface {
	// Prefix is absolute, ends in "/" and has no parameters, such as
	// "/external-api/v1.0/". It is pure. Nobody else may have routes below it.
	Prefix() string
}

// BasePath is the prefix of the core's routes, and of modules without a prefix of
// their own.
const BasePath = "/api/v1.0/"

// PrefixOf is the path that the module's routes must be below.
func PrefixOf(m Module) string {
	if p, ok := m.(Prefixed); ok {
		return p.Prefix()
	}
	return BasePath + m.Name() + "/"
}

// Validator makes checks that types cannot: it returns all faults of the decoded
// configuration at once (errors.Join), each naming its key.
type Validator interface{ Validate() error }

// Warner reports what in the decoded configuration is allowed but probably not
// meant, each text naming its key. The gateway shows it at the start, after a
// reload and in check-config, for built-in modules that are on.
type Warner interface{ Warnings() []string }

// Listener receives events, at least once and in no promised order.
type Listener interface {
	// Events are the names listened to, such as "room_finished"; a name that ends
	// in "*", such as "core.room.*", is a prefix (Listens).
	Events() []string
	// Listen handles one event. An error asks for another delivery, later. Listen
	// must be idempotent: the same Event.ID can come again.
	Listen(ctx context.Context, e Event) error
}

// Worker runs the module's own durable jobs (Jobs.Enqueue).
type Worker interface {
	// Work runs one attempt. An error asks for a retry with back-off, unless it
	// is ErrGiveUp.
	Work(ctx context.Context, j Job) error
}

// Checker reports the module's health; nil is healthy.
type Checker interface {
	Check(ctx context.Context) error
}

// Switcher has switches in addition to the module's own flag: those of its routes
// that stand apart (Route.Apart). It is pure, and valid once the configuration
// has been decoded. Only built-in modules are asked; an external one has the
// values of its flags in flags.values.
type Switcher interface {
	Switches() []Switch
}

// Switch is a flag whose value comes from the module's section.
type Switch struct {
	Flag Flag // begins with the module's name
	On   bool
	// Key is the section's key that is nothing but this switch, such as
	// "hook.enabled", which lets a reload apply it. "" = there is none.
	Key string
}

// Finisher is a module that goes on with its events and jobs while it runs only
// for routes that stand apart: they finish what was begun before it was switched
// off. Those of any other module wait until it is on again.
type Finisher interface {
	// Finishes is pure.
	Finishes() bool
}

// Describer describes the module's routes below the core's base path in the
// gateway's API document. A module with its own base path serves its own document
// instead: see the package openapi.
type Describer interface {
	// OpenAPI is a part of an OpenAPI 3.1 document, in YAML: tags, paths below
	// /api/v1.0, components. It is pure.
	OpenAPI() []byte
}

// Event is something that happened: in a meeting, as reported by LiveKit, to the
// core's data (EventRoomCreated and others), or in a module (Emission).
type Event struct {
	ID   string    `json:"id"`   // unique; the same over repeats
	Name string    `json:"name"` // LiveKit's, such as "room_started", the core's or a module's
	Room string    `json:"room"` // LiveKit room name: the room's UUID, or free text for unregistered rooms; "" = of none
	At   time.Time `json:"at"`   // when it was received or emitted, UTC
	Body []byte    `json:"body"` // LiveKit's WebhookEvent as protobuf JSON, as received, or JSON of the event's own type
}

// Job is one attempt at a module's durable work.
type Job struct {
	Kind    string // the module's own name for the work
	Args    []byte // JSON
	Attempt int    // 1 at the first attempt
}

// Advertiser adds to GET /api/v1.0/config/ what the frontend must know about the
// module while it is on. It is pure, and valid once the configuration has been
// decoded.
type Advertiser interface {
	// Advertise returns top-level keys of that answer, such as
	// {"subtitle": {"enabled": true}}; objects are merged key by key over the
	// core's own.
	Advertise() map[string]any
}

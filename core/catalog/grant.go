package catalog

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/module"
	"foyer/flags"
)

// Grant limits h to what needs names; every other service is there and refuses
// with module.ErrNotGranted (a flag is off).
func Grant(h module.Host, needs module.Needs) module.Host { return granted{h, needs} }

type granted struct {
	host  module.Host
	needs module.Needs
}

// Rooms is module.Host.
func (g granted) Rooms() module.Rooms {
	if g.needs.Rooms {
		return g.host.Rooms()
	}
	return refusedRooms{}
}

// Users is module.Host.
func (g granted) Users() module.Users {
	if g.needs.Users {
		return g.host.Users()
	}
	return refusedUsers{}
}

// Jobs is module.Host.
func (g granted) Jobs() module.Jobs {
	if g.needs.Jobs {
		return g.host.Jobs()
	}
	return refusedJobs{}
}

// KV is module.Host.
func (g granted) KV() module.KV {
	if g.needs.KV {
		return g.host.KV()
	}
	return refusedKV{}
}

// Flags is module.Host.
func (g granted) Flags() module.Flags {
	if g.needs.Flags {
		return g.host.Flags()
	}
	return refusedFlags{}
}

// LiveKit is module.Host.
func (g granted) LiveKit() (module.LiveKit, error) {
	if g.needs.LiveKit {
		return g.host.LiveKit()
	}
	return module.LiveKit{}, module.ErrNotGranted
}

// Log is module.Host.
func (g granted) Log() *slog.Logger { return g.host.Log() }

// Tracer is module.Host.
func (g granted) Tracer() trace.Tracer { return g.host.Tracer() }

type refusedRooms struct{}

func (refusedRooms) ByID(context.Context, uuid.UUID) (module.Room, error) {
	return module.Room{}, module.ErrNotGranted
}
func (refusedRooms) Find(context.Context, string) (module.Room, error) {
	return module.Room{}, module.ErrNotGranted
}
func (refusedRooms) Role(context.Context, uuid.UUID, uuid.UUID) (string, error) {
	return "", module.ErrNotGranted
}

type refusedUsers struct{}

func (refusedUsers) ByID(context.Context, uuid.UUID) (module.User, error) {
	return module.User{}, module.ErrNotGranted
}

type refusedJobs struct{}

func (refusedJobs) Enqueue(context.Context, string, any, module.JobOptions) error {
	return module.ErrNotGranted
}

type refusedKV struct{}

func (refusedKV) Get(context.Context, string) ([]byte, error) { return nil, module.ErrNotGranted }
func (refusedKV) Put(context.Context, string, []byte, time.Duration) error {
	return module.ErrNotGranted
}
func (refusedKV) PutIfAbsent(context.Context, string, []byte, time.Duration) (bool, error) {
	return false, module.ErrNotGranted
}
func (refusedKV) DeleteIf(context.Context, string, []byte) (bool, error) {
	return false, module.ErrNotGranted
}
func (refusedKV) Delete(context.Context, string) error { return module.ErrNotGranted }

type refusedFlags struct{}

func (refusedFlags) Enabled(context.Context, flags.Key, uuid.UUID) bool { return false }

package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/config"
	"foyer/core/module"
	"foyer/core/store"
	"foyer/flags"
)

// Store is the part of core/store that modules are given; *store.Store is one.
type Store interface {
	ApplicationStore
	AccountStore
	OwnedRoomStore
	RoomByID(ctx context.Context, id, viewer uuid.UUID) (store.RoomWithRole, error)
	KVGet(ctx context.Context, ns, key string, now time.Time) ([]byte, error)
	KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error
	KVPutIfAbsent(ctx context.Context, ns, key string, value []byte, expires *time.Time, now time.Time) (bool, error)
	KVDelete(ctx context.Context, ns, key string) error
	KVDeleteIf(ctx context.Context, ns, key string, value []byte) (bool, error)
}

// RoomFinder finds a room as paths name it: by UUID in any spelling, or by name.
type RoomFinder interface {
	Find(ctx context.Context, idOrSlug string) (store.RoomWithRole, error)
}

// Enqueuer stores jobs; *jobs.Client is one.
type Enqueuer interface {
	Enqueue(ctx context.Context, moduleName, kind string, args any, o module.JobOptions) error
}

// UserFlags evaluates flags for one user; *flags.Gates is one.
type UserFlags interface {
	Enabled(ctx context.Context, key flags.Key, userID string) bool
}

// Services are what the gateway has for modules.
type Services struct {
	Store  Store
	Rooms  RoomFinder
	Writer RoomWriter
	// Telephony is what modules are told about calling in.
	Telephony config.Telephony
	Accounts  AccountRules
	Jobs      Enqueuer
	Flags     UserFlags
	Throttle  Limiter // nil = nothing is limited
	LiveKit   module.LiveKit
	Log       *slog.Logger

	Recordings RecordingService // recordings, in the name of a module
	Metadata   module.Metadata
	Storage    module.Storage
	Mail       MailService // messages to people, in the name of a module
}

// Host returns everything for the module of that name: its keys and jobs are
// its own. Grant limits it.
func (s Services) Host(name string) module.Host { return &host{s, name} }

type host struct {
	services Services
	name     string
}

// Rooms is module.Host.
func (h *host) Rooms() module.Rooms { return hostRooms{h.services} }

// Users is module.Host.
func (h *host) Users() module.Users { return hostUsers{h.services} }

// Jobs is module.Host.
func (h *host) Jobs() module.Jobs { return hostJobs{h.services.Jobs, h.name} }

// KV is module.Host.
func (h *host) KV() module.KV { return hostKV{h.services.Store, h.name} }

// Flags is module.Host.
func (h *host) Flags() module.Flags { return hostFlags{h.services.Flags} }

// LiveKit is module.Host.
func (h *host) LiveKit() (module.LiveKit, error) { return h.services.LiveKit, nil }

// Log is module.Host.
func (h *host) Log() *slog.Logger { return h.services.Log.With("module", h.name) }

// Tracer is module.Host.
func (h *host) Tracer() trace.Tracer { return otel.Tracer("foyer/modules/" + h.name) }

// known gives an error of the store the identity of the module contract.
func known(err error) error {
	for _, x := range []struct{ store, module error }{
		{store.ErrNotFound, module.ErrNotFound}, {store.ErrConflict, module.ErrConflict},
		{store.ErrInvalid, module.ErrInvalid}, {store.ErrChanged, module.ErrChanged},
	} {
		if errors.Is(err, x.store) {
			return fmt.Errorf("%w (%w)", x.module, err)
		}
	}
	return err
}

type hostRooms struct{ s Services }

// ByID is module.Rooms.
func (h hostRooms) ByID(ctx context.Context, id uuid.UUID) (module.Room, error) {
	r, err := h.s.Store.RoomByID(ctx, id, uuid.Nil)
	return moduleRoom(r), known(err)
}

// Find is module.Rooms.
func (h hostRooms) Find(ctx context.Context, idOrSlug string) (module.Room, error) {
	r, err := h.s.Rooms.Find(ctx, idOrSlug)
	return moduleRoom(r), known(err)
}

// Role is module.Rooms.
func (h hostRooms) Role(ctx context.Context, room, user uuid.UUID) (string, error) {
	r, err := h.s.Store.RoomByID(ctx, room, user)
	return string(r.Role), known(err)
}

func moduleRoom(r store.RoomWithRole) module.Room {
	return module.Room{ID: r.ID, Name: r.Name, Slug: r.Slug, AccessLevel: r.AccessLevel, Configuration: r.Configuration}
}

type hostUsers struct{ s Services }

// ByID is module.Users.
func (h hostUsers) ByID(ctx context.Context, id uuid.UUID) (module.User, error) {
	u, err := h.s.Store.UserByID(ctx, id)
	if err != nil {
		return module.User{}, known(err)
	}
	return moduleUser(u), nil
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

type hostJobs struct {
	jobs Enqueuer
	name string
}

// Enqueue is module.Jobs.
func (h hostJobs) Enqueue(ctx context.Context, kind string, args any, o module.JobOptions) error {
	return h.jobs.Enqueue(ctx, h.name, kind, args, o)
}

type hostFlags struct{ flags UserFlags }

// Enabled is module.Flags.
func (h hostFlags) Enabled(ctx context.Context, key flags.Key, user uuid.UUID) bool {
	return h.flags.Enabled(ctx, key, user.String())
}

type hostKV struct {
	store Store
	name  string
}

// NewKV keeps values of that namespace in s. The namespace of a module is its
// name; those of the core have a dot, which no name has.
func NewKV(s Store, namespace string) module.KV { return hostKV{s, namespace} }

func expiry(ttl time.Duration) *time.Time {
	if ttl <= 0 {
		return nil
	}
	at := time.Now().Add(ttl)
	return &at
}

// Get is module.KV.
func (h hostKV) Get(ctx context.Context, key string) ([]byte, error) {
	v, err := h.store.KVGet(ctx, h.name, key, time.Now())
	return v, known(err)
}

// Put is module.KV.
func (h hostKV) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return h.store.KVPut(ctx, h.name, key, value, expiry(ttl))
}

// PutIfAbsent is module.KV.
func (h hostKV) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	return h.store.KVPutIfAbsent(ctx, h.name, key, value, expiry(ttl), time.Now())
}

// DeleteIf is module.KV.
func (h hostKV) DeleteIf(ctx context.Context, key string, value []byte) (bool, error) {
	return h.store.KVDeleteIf(ctx, h.name, key, value)
}

// Delete is module.KV.
func (h hostKV) Delete(ctx context.Context, key string) error {
	return h.store.KVDelete(ctx, h.name, key)
}

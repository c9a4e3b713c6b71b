package hostapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// over is h as seen by a module in its own process, served by a gateway that
// knows these services.
func over(t *testing.T, h module.Host, known []grpc.ServiceDesc) module.Host {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(t.TempDir(), "s"))
	require.NoError(t, err)
	server := newServer(h, known, nil)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { server.Stop(); require.NoError(t, <-ended) })
	conn, err := grpc.NewClient("unix:"+l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return NewClient(conn, nil)
}

// rooms answers every search as it was told to.
type rooms struct {
	module.Rooms // methods to come
	find         func(ctx context.Context, name string) error
}

func (r rooms) Find(ctx context.Context, name string) (module.Room, error) {
	return module.Room{Name: name}, r.find(ctx, name)
}
func (rooms) Role(context.Context, uuid.UUID, uuid.UUID) (string, error) { return "owner", nil }

// accounts allow nothing.
type accounts struct{ module.Accounts }

func (accounts) CreateWithSub(context.Context, string) (module.Account, error) {
	return module.Account{}, fmt.Errorf("create: %w", module.ErrNotAllowed)
}

// older is a gateway from before Mail, and from before Rooms.Role.
func older() []grpc.ServiceDesc {
	known := slices.DeleteFunc(services(), func(d grpc.ServiceDesc) bool { return d.ServiceName == wireName+".Mail" })
	for i, d := range known {
		if d.ServiceName == wireName+".Rooms" {
			known[i].Methods = slices.DeleteFunc(d.Methods, func(m grpc.MethodDesc) bool { return m.MethodName == "Role" })
		}
	}
	return known
}

// newer is a module that uses what its gateway may lack.
type newer struct {
	host    module.Host
	role    string
	told    bool
	started bool
}

func (*newer) Name() string           { return "newer" }
func (*newer) Config() conf.Section   { return nil }
func (*newer) Routes() []module.Route { return nil }
func (*newer) Needs() module.Needs    { return module.Needs{Rooms: true, Mail: true, Accounts: true} }

func (m *newer) Start(ctx context.Context, h module.Host) error {
	m.host = h
	if _, err := h.Rooms().Find(ctx, "x"); err != nil {
		return err
	}
	var err error
	if m.role, err = h.Rooms().Role(ctx, uuid.New(), uuid.New()); errors.Is(err, module.ErrUnsupported) {
		m.role = "unknown"
	} else if err != nil {
		return err
	}
	err = h.Mail().Enqueue(ctx, module.Message{To: []string{"ada@example.org"}})
	if m.told = err == nil; err != nil && !errors.Is(err, module.ErrUnsupported) {
		return err
	}
	m.started = true
	return nil
}

func (*newer) Stop(context.Context) error { return nil }

type mails struct{ module.Mail }

func (mails) Enqueue(context.Context, module.Message) error { return nil }

func TestModule_runs_on_a_gateway_that_is_older_than_it(t *testing.T) {
	parts := Parts{Rooms: rooms{find: func(context.Context, string) error { return nil }}, Mail: mails{}, Accounts: accounts{}}
	for name, c := range map[string]struct {
		host module.Host
		want newer
	}{
		"as new as the module": {over(t, Grant(parts.Host(), (*newer)(nil).Needs()), services()), newer{role: "owner", told: true, started: true}},
		"older":                {over(t, Grant(parts.Host(), NeedsOf(NeedNames((*newer)(nil).Needs()))), older()), newer{role: "unknown", started: true}},
		"in one process with a part that is missing": {Grant(Parts{Rooms: parts.Rooms}.Host(), (*newer)(nil).Needs()), newer{role: "owner", started: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var m newer
			require.NoError(t, m.Start(t.Context(), c.host))
			require.Equal(t, c.want, newer{role: m.role, told: m.told, started: m.started})
		})
	}
}

func TestUnsupported_not_granted_and_not_allowed_are_told_apart(t *testing.T) {
	kinds := map[string]error{"unsupported": module.ErrUnsupported, "not granted": module.ErrNotGranted, "not allowed": module.ErrNotAllowed}
	granted := Grant(Parts{Rooms: rooms{}, Accounts: accounts{}}.Host(), module.Needs{Accounts: true, Mail: true, Storage: true})
	for place, h := range map[string]module.Host{"in process": granted, "own process": over(t, granted, services()), "older gateway": over(t, granted, older())} {
		ctx := t.Context()
		_, noMethod := h.Rooms().Role(ctx, uuid.Nil, uuid.Nil)
		_, notGranted := h.Rooms().Find(ctx, "x")
		_, notAllowed := h.Accounts().CreateWithSub(ctx, "x")
		_, noValue := h.Storage()
		_, notGrantedValue := h.LiveKit()
		want := map[string]error{
			"a service that is not there": h.Mail().Enqueue(ctx, module.Message{}), "a value that is not there": noValue,
			"not granted": notGranted, "a value that is not granted": notGrantedValue, "not allowed": notAllowed, "a method": noMethod,
		}
		for what, is := range map[string]string{
			"a service that is not there": "unsupported", "a value that is not there": "unsupported", "not granted": "not granted",
			"a value that is not granted": "not granted", "not allowed": "not allowed",
			"a method": map[bool]string{true: "unsupported", false: "not granted"}[place == "older gateway"],
		} {
			for name, kind := range kinds {
				require.Equal(t, name == is, errors.Is(want[what], kind), "%s, %s: %v is %s", place, what, want[what], name)
			}
		}
		require.False(t, h.Flags().Enabled(ctx, "x", uuid.Nil), "what cannot tell an error is off")
	}
}

func TestNeeds_cross_by_name(t *testing.T) {
	all := module.Needs{
		Rooms: true, Users: true, Jobs: true, KV: true, Flags: true, LiveKit: true, Applications: true, Accounts: true,
		RoomWrites: true, Recordings: true, Metadata: true, Storage: true, Mail: true, Throttle: true,
	}
	require.Equal(t, all, NeedsOf(NeedNames(all)))
	require.Empty(t, NeedNames(module.Needs{}))
	require.Equal(t, module.Needs{KV: true}, NeedsOf([]string{"KV", "of a newer module", ""}))
}

func TestCalls_end_when_the_gateway_is_gone(t *testing.T) {
	conn, err := grpc.NewClient("unix:"+filepath.Join(t.TempDir(), "gone"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	h := NewClient(conn, nil)
	_, err = h.Rooms().Find(t.Context(), "x")
	require.ErrorIs(t, err, module.ErrUnavailable)
	require.NotErrorIs(t, err, module.ErrUnsupported)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	require.False(t, h.Flags().Enabled(ctx, "x", uuid.Nil))
}

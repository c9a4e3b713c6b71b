package memory_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

func TestSeeds_are_what_a_module_finds(t *testing.T) {
	g, ctx := memory.New(memory.Options{LiveKit: module.LiveKit{URL: "ws://livekit"}, Storage: module.Storage{Bucket: "b"}}), t.Context()
	h := g.Host("probe")
	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
	ben := g.AddUser(module.Account{User: module.User{Sub: "ben"}, Active: true})
	room := g.AddRoom(module.Room{Name: "Weekly call"}, ada.ID)
	require.Equal(t, []string{"weekly-call", "public"}, []string{room.Slug, room.AccessLevel})
	found, err := h.Rooms().Find(ctx, "Weekly Call")
	require.NoError(t, err)
	require.Equal(t, room, found)
	for _, want := range []string{memory.Member, memory.Administrator, ""} {
		g.Grant(room.ID, ben.ID, want)
		role, err := h.Rooms().Role(ctx, room.ID, ben.ID)
		require.NoError(t, err)
		require.Equal(t, want, role)
	}
	ben.Active = false
	g.SetUser(ben)
	account, err := h.Accounts().ByID(ctx, ben.ID)
	require.NoError(t, err)
	require.False(t, account.Active)
	app := g.AddApplication(module.Application{ClientID: "calendar", Domains: []string{"Example.ORG"}})
	require.Equal(t, []string{"example.org"}, app.Domains)
	lk, err := h.LiveKit()
	require.NoError(t, err)
	require.Equal(t, "ws://livekit", lk.URL)
	storage, err := h.Storage()
	require.NoError(t, err)
	require.Equal(t, "b", storage.Bucket)

	require.Panics(t, func() { g.AddUser(module.Account{User: module.User{Sub: "ada"}}) })
	require.Panics(t, func() { g.AddRoom(module.Room{Name: "weekly call"}, uuid.Nil) })
	require.Panics(t, func() { g.AddApplication(module.Application{ClientID: "calendar"}) })
	require.Panics(t, func() { g.SetUser(module.Account{}) })
	require.Panics(t, func() { g.Grant(uuid.New(), ada.ID, memory.Owner) })
}

// needy is a module that needs some services.
type needy struct{ module.Module }

func (needy) Name() string         { return "needy" }
func (needy) Needs() module.Needs  { return module.Needs{KV: true} }
func (needy) Config() conf.Section { return nil }

func TestGranted_refuses_what_the_module_does_not_need(t *testing.T) {
	h := memory.New(memory.Options{}).Granted(needy{})
	require.NoError(t, h.KV().Put(t.Context(), "k", nil, 0))
	_, err := h.Documents().Get(t.Context(), "c", "k")
	require.ErrorIs(t, err, module.ErrNotGranted)
	_, err = h.LiveKit()
	require.ErrorIs(t, err, module.ErrNotGranted)
}

func TestAdvance_ends_what_ends_by_then(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	kv := g.Host("probe").KV()
	require.NoError(t, kv.Put(ctx, "k", []byte("v"), time.Minute))
	g.Advance(59 * time.Second)
	_, err := kv.Get(ctx, "k")
	require.NoError(t, err)
	g.Advance(time.Second)
	_, err = kv.Get(ctx, "k")
	require.ErrorIs(t, err, module.ErrNotFound)
	require.Empty(t, g.Documents("probe", module.KVCollection))
}

package memory_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

func TestMeeting_has_the_metadata_that_modules_merge(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
	room := g.AddRoom(module.Room{}, ada.ID).ID
	h := g.Host("probe")
	merge := func(set string, drop ...string) bool {
		all := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(set), &all))
		live, err := h.Metadata().Merge(ctx, room, all, drop...)
		require.NoError(t, err)
		return live
	}
	require.False(t, merge(`{"a":1}`))
	g.StartMeeting(room)
	require.True(t, merge(`{"a":1,"b":2}`))
	require.True(t, merge(`{"c":3}`, "a", "none"))
	got, live := g.Meeting(room)
	require.True(t, live)
	require.Equal(t, map[string]json.RawMessage{"b": json.RawMessage("2"), "c": json.RawMessage("3")}, got)

	g.LoseMediaServer()
	_, err := h.Metadata().Merge(ctx, room, nil)
	require.ErrorContains(t, err, "connection refused")
	require.Error(t, h.RoomWrites().EndMeeting(ctx, room))
	g.FindMediaServer()
	require.NoError(t, h.RoomWrites().EndMeeting(ctx, room))
	_, live = g.Meeting(room)
	require.False(t, live)
	require.NoError(t, h.RoomWrites().EndMeeting(ctx, room), "nobody there is fine")
	g.StartMeeting(room)
	require.NoError(t, h.RoomWrites().Delete(ctx, room, nil))
	_, live = g.Meeting(room)
	require.False(t, live, "its room is gone")
}

func TestMail_is_shown_as_it_would_be_sent(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	m := module.Message{Unique: "1", To: []string{"ada@münchen.example", "ada@xn--mnchen-3ya.example"}, Subject: "Hello", Text: "a", HTML: "b"}
	require.NoError(t, g.Host("probe").Mail().Enqueue(ctx, m))
	require.NoError(t, g.Host("probe").Mail().Enqueue(ctx, m))
	m.To = []string{"ada@xn--mnchen-3ya.example"}
	require.Equal(t, []module.Message{m}, g.Messages("probe"))
	require.Empty(t, g.Messages("other"))
	g.Advance(30 * 24 * time.Hour)
	require.NoError(t, g.Host("probe").Mail().Enqueue(ctx, m))
	require.Len(t, g.Messages(""), 2, "nobody remembers the first one")
	require.ErrorIs(t, memory.New(memory.Options{NoMail: true}).Host("probe").Mail().Enqueue(ctx, m), module.ErrPostponed)
}

func TestThrottle_allows_again_as_time_goes_by(t *testing.T) {
	g := memory.New(memory.Options{Rates: map[string]memory.Rate{"calls": {Count: 3, Period: time.Minute}}})
	allow := func() time.Duration {
		wait, err := g.Host("probe").Throttle().Allow(t.Context(), "calls", "k")
		require.NoError(t, err)
		return wait
	}
	for range 3 {
		require.Zero(t, allow())
	}
	wait := allow()
	require.InDelta(t, 20, wait.Seconds(), 5)
	g.Advance(wait)
	require.Zero(t, allow())
	require.Positive(t, allow())
}

func TestFlags_of_one_user_are_apart_from_everybodys(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	ada, ben := uuid.New(), uuid.New()
	g.SetFlag("probe", true)
	g.SetFlagFor("probe", ada, false)
	require.False(t, g.Host("probe").Flags().Enabled(ctx, "probe", ada))
	require.True(t, g.Host("probe").Flags().Enabled(ctx, "probe", ben))
}

func TestAccounts_are_made_unless_the_options_forbid_it(t *testing.T) {
	h := memory.New(memory.Options{NoAccounts: true, NoProvisional: true}).Host("probe")
	_, err := h.Accounts().CreateProvisional(t.Context(), "ada@example.org")
	require.ErrorIs(t, err, module.ErrNotAllowed)
	_, err = h.Accounts().CreateWithSub(t.Context(), "ada")
	require.ErrorIs(t, err, module.ErrNotAllowed)
}

func TestChanges_of_rooms_are_told_by_their_author(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
	w := g.Host("probe").RoomWrites()
	made, err := w.Create(ctx, module.NewRoom{Name: "a", Owner: ada.ID, AccessLevel: "public"})
	require.NoError(t, err)
	_, err = w.Update(ctx, made.ID, ada.ID, module.RoomChange{Name: new("b"), AccessLevel: new("public")})
	require.NoError(t, err)
	require.NoError(t, w.Delete(ctx, made.ID, nil))
	events := g.Events()[1:]
	require.Equal(t, []string{module.EventRoomCreated, module.EventRoomChanged, module.EventRoomDeleted}, []string{events[0].Name, events[1].Name, events[2].Name})
	var change module.RoomChanged
	require.NoError(t, json.Unmarshal(events[1].Body, &change))
	require.Equal(t, module.RoomChanged{Room: made.ID, Changed: []string{"name", "slug"}, By: module.Author{User: ada.ID, Module: "probe"}}, change)
	require.Equal(t, made.ID.String(), events[2].Room)
}

func TestRecordings_are_stored_when_their_file_is_there(t *testing.T) {
	g, ctx := memory.New(memory.Options{}), t.Context()
	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
	rec := g.Host("probe").Recordings()
	made, err := rec.Create(ctx, module.NewRecording{Room: g.AddRoom(module.Room{}, ada.ID).ID, Owner: ada.ID, Mode: module.ScreenRecording}, module.Then{})
	require.NoError(t, err)
	for _, want := range []bool{false, true} {
		stored, err := rec.Stored(ctx, made.ID)
		require.NoError(t, err)
		require.Equal(t, want, stored)
		g.AddFile(made.Key)
	}
	_, err = rec.Stored(ctx, uuid.New())
	require.ErrorIs(t, err, module.ErrNotFound)
}

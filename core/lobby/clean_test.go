package lobby_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/lobby"
	"foyer/core/module"
	"foyer/core/module/conf"
)

// kept is a lobby whose queues the test fills.
type kept struct {
	*lobby.Service
	*testing.T
	queues ephemeral.Queues
	room   uuid.UUID
}

func newKept(t *testing.T, cfg config.Redis) *kept {
	t.Helper()
	shared, err := ephemeral.Open(ephemeral.Options{Redis: cfg, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shared.Close()) })
	s, err := lobby.New(lobby.Options{
		Lobby: config.Lobby{KeyPrefix: "room_lobby"}, Key: conf.NewSecret("key"), Queues: shared.Queues, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return &kept{Service: s, T: t, queues: shared.Queues, room: uuid.New()}
}

// accept stores an accepted participant and returns when that was.
func (k *kept) accept(id, identity string) time.Time {
	k.Helper()
	name := "room_lobby:" + k.room.String()
	_, _, err := k.queues.Join(k.Context(), name, id, fmt.Appendf(nil, `{"username":"x","color":"y","identity":%q}`, identity), time.Hour, 100)
	require.NoError(k, err)
	e, err := k.queues.Settle(k.Context(), name, id, "accepted", time.Hour)
	require.NoError(k, err)
	return e.Since
}

func (k *kept) left() (ids []string) {
	k.Helper()
	entries, err := k.queues.All(k.Context(), "room_lobby:"+k.room.String())
	require.NoError(k, err)
	for _, e := range entries {
		ids = append(ids, e.Key)
	}
	return ids
}

// event is one as LiveKit posts it.
func (k *kept) event(name, identity, reason string, at time.Time) module.Event {
	body := fmt.Appendf(nil, `{"event":%q,"room":{"name":%q},"participant":{"identity":%q,"disconnectReason":%q}}`, name, k.room, identity, reason)
	return module.Event{ID: "EV_1", Name: name, Room: k.room.String(), At: at, Body: body}
}

func TestListen_forgets_an_account_by_its_identity_and_not_what_came_after_the_event(t *testing.T) {
	k := newKept(t, config.Redis{})
	since := k.accept("cookie", "ada")
	k.accept("another cookie", "ada")
	k.accept("ada", "mary") // an id that looks like an identity is none
	require.NoError(t, k.Listen(t.Context(), k.event("participant_left", "ada", "CLIENT_INITIATED", since)))
	require.Len(t, k.left(), 3, "accepted again since")
	for _, reason := range []string{"DUPLICATE_IDENTITY", "MIGRATION", "STATE_MISMATCH", "SERVER_SHUTDOWN"} {
		require.NoError(t, k.Listen(t.Context(), k.event("participant_left", "ada", reason, since.Add(time.Hour))))
	}
	require.Len(t, k.left(), 3, "still there")
	for range 2 { // events come again
		require.NoError(t, k.Listen(t.Context(), k.event("participant_left", "ada", "CLIENT_INITIATED", since.Add(time.Hour))))
		require.Equal(t, []string{"ada"}, k.left())
	}
}

func TestListen_clears_a_room_of_what_is_older_than_its_end(t *testing.T) {
	k := newKept(t, config.Redis{})
	since := k.accept("cookie", "ada")
	require.NoError(t, k.Listen(t.Context(), k.event("room_finished", "", "UNKNOWN_REASON", since)))
	require.Len(t, k.left(), 1)
	other := k.event("room_finished", "", "UNKNOWN_REASON", since.Add(time.Hour))
	for _, name := range []string{"unregistered-room", "", uuid.NewString()} {
		other.Room = name
		require.NoError(t, k.Listen(t.Context(), other))
	}
	require.Len(t, k.left(), 1)
	require.NoError(t, k.Listen(t.Context(), k.event("room_finished", "", "UNKNOWN_REASON", since.Add(time.Hour))))
	require.Empty(t, k.left())
}

func TestForget_ends_what_was_decided_whenever(t *testing.T) {
	k := newKept(t, config.Redis{})
	k.accept("cookie", "ada")
	require.NoError(t, k.Forget(t.Context(), k.room, "nobody"))
	require.NoError(t, k.Forget(t.Context(), uuid.New(), "ada"))
	require.Len(t, k.left(), 1)
	require.NoError(t, k.Forget(t.Context(), k.room, "ada"))
	require.Empty(t, k.left())
}

// What could not be done is done at the next delivery.
func TestListen_asks_for_another_delivery_while_Redis_is_away(t *testing.T) {
	k := newKept(t, config.Redis{URL: conf.NewSecret("redis://127.0.0.1:1/0"), KeyPrefix: "k", Timeout: 10 * time.Second, PoolSize: 1})
	for _, e := range []module.Event{
		k.event("room_finished", "", "UNKNOWN_REASON", time.Now()), k.event("participant_left", "ada", "UNKNOWN_REASON", time.Now()),
	} {
		require.ErrorIs(t, k.Listen(t.Context(), e), ephemeral.ErrUnavailable)
	}
	require.ErrorIs(t, k.Forget(t.Context(), k.room, "ada"), ephemeral.ErrUnavailable)
	bad := k.event("participant_left", "ada", "UNKNOWN_REASON", time.Now())
	bad.Body = []byte("{")
	require.False(t, errors.Is(k.Listen(t.Context(), bad), ephemeral.ErrUnavailable))
}

package lobby_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/guests"
	"foyer/core/lobby"
	"foyer/sdk/conf"
	"foyer/sdk/module"
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
	known, err := guests.New(conf.NewSecret("key"))
	require.NoError(t, err)
	s := lobby.New(lobby.Options{
		Lobby: config.Lobby{KeyPrefix: "room_lobby"}, Guests: known, Queues: shared.Queues, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(s.Close)
	return &kept{Service: s, T: t, queues: shared.Queues, room: uuid.New()}
}

// wait makes somebody wait and returns since when.
func (k *kept) wait(id, identity string) time.Time {
	k.Helper()
	who := ephemeral.Entry{Key: id, Value: fmt.Appendf(nil, `{"username":"x","color":"y","identity":%q}`, identity)}
	e, _, err := k.queues.Join(k.Context(), "room_lobby:"+k.room.String(), who, time.Hour, ephemeral.Limits{All: 100})
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

func TestListen_clears_a_room_of_what_is_older_than_its_end(t *testing.T) {
	k := newKept(t, config.Redis{})
	since := k.wait("cookie", "ada")
	event := module.Event{ID: "EV_1", Name: "room_finished", Room: k.room.String(), At: since}
	require.NoError(t, k.Listen(t.Context(), event))
	require.Len(t, k.left(), 1)
	event.At = since.Add(time.Hour)
	for _, name := range []string{"unregistered-room", "", uuid.NewString()} {
		other := event
		other.Room = name
		require.NoError(t, k.Listen(t.Context(), other))
	}
	other := event
	other.Name = "participant_left"
	require.NoError(t, k.Listen(t.Context(), other))
	require.Len(t, k.left(), 1)
	require.NoError(t, k.Listen(t.Context(), event))
	require.Empty(t, k.left())
}

func TestForget_ends_the_waiting_of_an_account_by_its_identity(t *testing.T) {
	k := newKept(t, config.Redis{})
	k.wait("cookie", "ada")
	k.wait("another cookie", "ada")
	k.wait("ada", "mary") // an id that looks like an identity, but is not one
	require.NoError(t, k.Forget(t.Context(), k.room, "nobody"))
	require.NoError(t, k.Forget(t.Context(), uuid.New(), "ada"))
	require.Len(t, k.left(), 3)
	require.NoError(t, k.Forget(t.Context(), k.room, "ada"))
	require.Equal(t, []string{"ada"}, k.left())
}

// What could not be done is done at the next delivery.
func TestListen_asks_for_another_delivery_while_Redis_is_away(t *testing.T) {
	k := newKept(t, config.Redis{URL: conf.NewSecret("redis://127.0.0.1:1/0"), KeyPrefix: "k", Timeout: 10 * time.Second, PoolSize: 1})
	event := module.Event{ID: "EV_1", Name: "room_finished", Room: k.room.String(), At: time.Now()}
	require.ErrorIs(t, k.Listen(t.Context(), event), ephemeral.ErrUnavailable)
	require.ErrorIs(t, k.Forget(t.Context(), k.room, "ada"), ephemeral.ErrUnavailable)
}

package core_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

// damage overwrites a participant's record.
func (s *staff) damage(id, value string) {
	s.Helper()
	shared, err := ephemeral.Open(ephemeral.Options{Redis: s.cfg.Redis, Log: slog.New(slog.DiscardHandler)})
	require.NoError(s, err)
	defer shared.Close()
	name := s.cfg.Lobby.KeyPrefix + ":" + s.room["id"].(string)
	require.NoError(s, shared.Queues.Remove(s.Context(), name, id))
	_, _, err = shared.Queues.Join(s.Context(), name, ephemeral.Entry{Key: id, Value: []byte(value)}, time.Hour, ephemeral.Limits{All: 100})
	require.NoError(s, err)
}

func TestLobby_gets_rid_of_damaged_records_where_it_meets_them(t *testing.T) {
	s := newStaff(open(t, lobbies["redis"], patient))
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	for _, value := range []string{"", "junk", "[]", `{"username":"x"}`, `{"color":"x"}`, `{"username":1,"color":"x"}`} {
		s.damage(guest.id, value)
		require.Equal(t, http.StatusInternalServerError, s.decide(guest.id, true).status)
		s.decide(guest.id, true).is(404, notWaiting)

		s.damage(guest.id, value)
		require.Empty(t, s.waiters())
		s.decide(guest.id, true).is(404, notWaiting)

		s.damage(guest.id, value)
		a := guest.ask("Again")
		a.waits()
		require.Equal(t, "Again", a.json()["username"])
		require.Equal(t, []string{guest.id}, s.waiters())
	}
	s.damage(guest.id, "junk")
	s.setLevel("public")
	guest.ask("Zoë").admitted()
}

package lobby_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/ephemeral"
)

// damage overwrites a participant's record.
func damage(s *coretest.Staff, id, value string) {
	s.Helper()
	shared, err := ephemeral.Open(ephemeral.Options{Redis: s.Config.Redis, Log: slog.New(slog.DiscardHandler)})
	require.NoError(s, err)
	defer shared.Close()
	name := s.Config.Lobby.KeyPrefix + ":" + s.Room["id"].(string)
	require.NoError(s, shared.Queues.Remove(s.Context(), name, id))
	_, _, err = shared.Queues.Join(s.Context(), name, ephemeral.Entry{Key: id, Value: []byte(value)}, time.Hour, ephemeral.Limits{All: 100})
	require.NoError(s, err)
}

func TestLobby_gets_rid_of_damaged_records_where_it_meets_them(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Lobbies["redis"], coretest.Patient))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	for _, value := range []string{"", "junk", "[]", `{"username":"x"}`, `{"color":"x"}`, `{"username":1,"color":"x"}`} {
		damage(s, guest.ID, value)
		require.Equal(t, http.StatusInternalServerError, s.Decide(guest.ID, true).Status)
		s.Decide(guest.ID, true).Is(404, coretest.NotWaiting)

		damage(s, guest.ID, value)
		require.Empty(t, s.Waiters())
		s.Decide(guest.ID, true).Is(404, coretest.NotWaiting)

		damage(s, guest.ID, value)
		a := guest.Ask("Again")
		a.Waits()
		require.Equal(t, "Again", a.JSON()["username"])
		require.Equal(t, []string{guest.ID}, s.Waiters())
	}
	damage(s, guest.ID, "junk")
	s.SetLevel("public")
	guest.Ask("Zoë").Admitted()
}

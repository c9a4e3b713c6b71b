package core_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/linedev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// hooked posts a webhook as LiveKit does.
func hooked(h *coretest.House, id string) coretest.Answer {
	h.Helper()
	return h.HookedBy(coretest.Object{"event": "room_started", "id": id, "createdAt": strconv.FormatInt(time.Now().Unix(), 10), "room": coretest.Object{"name": "r"}})
}

func TestDatabase_that_cannot_be_reached_is_503_with_a_time_to_come_back_and_nothing_is_lost(t *testing.T) {
	t.Parallel()
	line, address := linedev.NewT(t, pgdev.New(t))
	h := coretest.Open(t, func(t *testing.T, c *config.Config) {
		c.Database.Dir, c.Database.URL = t.TempDir(), conf.NewSecret(address)
	})
	ada := h.SignIn("ada")
	room := ada.Create(coretest.Object{"name": "Weekly"})
	away := func(a coretest.Answer) {
		h.Helper()
		require.Equal(h, http.StatusServiceUnavailable, a.Status, a.Body)
		seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
		require.NoError(h, err)
		require.Positive(h, seconds)
		require.NotContains(h, a.Body, "127.0.0.1", "no cause is shown")
	}
	for range 2 { // it happens again
		line.Cut()
		for range 3 { // whatever state the pool's connections are in
			away(ada.Get("/api/v1.0/users/me/"))
			away(ada.Get("/api/v1.0/rooms/"))
			away(ada.Get("/api/v1.0/rooms/weekly/"))
			away(h.Anonymous().Get("/api/v1.0/rooms/weekly/"))
			away(ada.Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "Another"}))
			away(ada.Send(http.MethodPatch, "/api/v1.0/rooms/"+room["id"].(string)+"/", coretest.Object{"name": "Another"}))
			away(ada.Send(http.MethodPost, "/api/v1.0/rooms/weekly/mute-participant/", coretest.Object{"participant_identity": "x", "track_sid": "y"}))
			away(hooked(h, "EV_1"))
		}
		require.Equal(t, http.StatusOK, h.Anonymous().Get("/api/v1.0/config/").Status)
		beat := h.Anonymous().Get("/__heartbeat__")
		require.Equal(t, []any{http.StatusInternalServerError, `{"status":"error"}`}, []any{beat.Status, beat.Body})
		require.Equal(t, http.StatusOK, h.Anonymous().Get("/__lbheartbeat__").Status)
		line.Mend(t)
		require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"ok"}` }, coretest.WaitLong, coretest.WaitShort)
		require.Equal(t, http.StatusOK, ada.Get("/api/v1.0/users/me/").Status, "who was signed in still is")
		require.Equal(t, http.StatusOK, hooked(h, "EV_1").Status)
	}
}

func TestDatabase_that_only_reads_is_a_warning_and_503_for_who_writes(t *testing.T) {
	t.Parallel()
	address := pgdev.New(t)
	h := coretest.Open(t, func(t *testing.T, c *config.Config) {
		c.Database.Dir, c.Database.URL = t.TempDir(), conf.NewSecret(address)
	})
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Weekly"})
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	readOnly(t, admin, "on")
	require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"warning"}` }, coretest.WaitLong, coretest.WaitShort)
	require.Equal(t, http.StatusOK, h.Anonymous().Get("/__heartbeat__").Status)
	require.Equal(t, http.StatusOK, ada.Get("/api/v1.0/rooms/weekly/").Status)
	a := ada.Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "Another"})
	require.Equal(t, http.StatusServiceUnavailable, a.Status, a.Body)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, http.StatusServiceUnavailable, hooked(h, "EV_1").Status, "LiveKit tries again")
	readOnly(t, admin, "off")
	require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"ok"}` }, coretest.WaitLong, coretest.WaitShort)
	ada.Create(coretest.Object{"name": "Another"})
	require.Equal(t, http.StatusOK, hooked(h, "EV_1").Status)
	require.Equal(t, 1, strings.Count(h.Logs.String(), `"msg":"the database takes no writes"`))
	require.Equal(t, 1, strings.Count(h.Logs.String(), `"msg":"the database takes writes again"`))
}

// readOnly sets whether new sessions of the database may write, and ends the others.
func readOnly(t *testing.T, admin *pgx.Conn, on string) {
	t.Helper()
	_, err := admin.Exec(t.Context(), `SET default_transaction_read_only = off;
		DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = `+on+`', current_database()); END $$`)
	require.NoError(t, err)
	_, err = admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	require.NoError(t, err)
}

package core_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/internal/dev/linedev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// hooked posts a webhook as LiveKit does.
func (h *House) hooked(id string) Answer {
	h.Helper()
	return h.HookedBy(Object{"event": "room_started", "id": id, "createdAt": strconv.FormatInt(time.Now().Unix(), 10), "room": Object{"name": "r"}})
}

// HookedBy posts a webhook with that body.
func (h *House) HookedBy(body Object) Answer {
	h.Helper()
	raw, err := json.Marshal(body)
	require.NoError(h, err)
	return h.HookedText(string(raw))
}

// HookedText posts a webhook with that text.
func (h *House) HookedText(text string) Answer {
	h.Helper()
	sum := sha256.Sum256([]byte(text))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": MediaKey, "exp": time.Now().Add(time.Hour).Unix(), "sha256": base64.StdEncoding.EncodeToString(sum[:]),
	}).SignedString([]byte(MediaSecret))
	require.NoError(h, err)
	return h.Anonymous().Send(http.MethodPost, livekithook.Path, text, "Authorization", token, "Content-Type", "application/webhook+json")
}

func TestDatabase_that_cannot_be_reached_is_503_with_a_time_to_come_back_and_nothing_is_lost(t *testing.T) {
	line, address := linedev.NewT(t, pgdev.New(t))
	h := Open(t, func(t *testing.T, c *config.Config) {
		c.Database.Dir, c.Database.URL = t.TempDir(), conf.NewSecret(address)
	})
	ada := h.SignIn("ada")
	room := ada.Create(Object{"name": "Weekly"})
	away := func(a Answer) {
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
			away(ada.Send(http.MethodPost, "/api/v1.0/rooms/", Object{"name": "Another"}))
			away(ada.Send(http.MethodPatch, "/api/v1.0/rooms/"+room["id"].(string)+"/", Object{"name": "Another"}))
			away(ada.Send(http.MethodPost, "/api/v1.0/rooms/weekly/mute-participant/", Object{"participant_identity": "x", "track_sid": "y"}))
			away(h.hooked("EV_1"))
		}
		require.Equal(t, http.StatusOK, h.Anonymous().Get("/api/v1.0/config/").Status)
		beat := h.Anonymous().Get("/__heartbeat__")
		require.Equal(t, []any{http.StatusInternalServerError, `{"status":"error"}`}, []any{beat.Status, beat.Body})
		require.Equal(t, http.StatusOK, h.Anonymous().Get("/__lbheartbeat__").Status)
		line.Mend(t)
		require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"ok"}` }, WaitLong, WaitShort)
		require.Equal(t, http.StatusOK, ada.Get("/api/v1.0/users/me/").Status, "who was signed in still is")
		require.Equal(t, http.StatusOK, h.hooked("EV_1").Status)
	}
}

func TestDatabase_that_only_reads_is_a_warning_and_503_for_who_writes(t *testing.T) {
	address := pgdev.New(t)
	h := Open(t, func(t *testing.T, c *config.Config) {
		c.Database.Dir, c.Database.URL = t.TempDir(), conf.NewSecret(address)
	})
	ada := h.SignIn("ada")
	ada.Create(Object{"name": "Weekly"})
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	readOnly(t, admin, "on")
	require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"warning"}` }, WaitLong, WaitShort)
	require.Equal(t, http.StatusOK, h.Anonymous().Get("/__heartbeat__").Status)
	require.Equal(t, http.StatusOK, ada.Get("/api/v1.0/rooms/weekly/").Status)
	a := ada.Send(http.MethodPost, "/api/v1.0/rooms/", Object{"name": "Another"})
	require.Equal(t, http.StatusServiceUnavailable, a.Status, a.Body)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, http.StatusServiceUnavailable, h.hooked("EV_1").Status, "LiveKit tries again")
	readOnly(t, admin, "off")
	require.Eventually(t, func() bool { return h.Anonymous().Get("/__heartbeat__").Body == `{"status":"ok"}` }, WaitLong, WaitShort)
	ada.Create(Object{"name": "Another"})
	require.Equal(t, http.StatusOK, h.hooked("EV_1").Status)
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

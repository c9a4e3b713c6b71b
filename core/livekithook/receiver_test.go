package livekithook_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const (
	uuidRoom = "d5d6b5f0-0000-4000-8000-000000000001"
	success  = `{"status":"success"}`
	failure  = `{"status":"error"}`
)

func settings() config.LiveKit {
	return config.LiveKit{
		APIKey: "key", APISecret: conf.NewSecret("secret-one"), WebhookLimit: 4096, TestRoomPrefix: "connection-test",
		WebhookKeys: []config.WebhookKey{{Key: "other", Secret: conf.NewSecret("secret-two")}},
	}
}

// sign returns the Authorization header that LiveKit sends with body.
func sign(t testing.TB, key, secret, body string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": key, "exp": time.Now().Add(5 * time.Minute).Unix(), "sha256": base64.StdEncoding.EncodeToString(sum[:]),
	}).SignedString([]byte(secret))
	require.NoError(t, err)
	return token
}

// recorder takes the place of the event bus, to see what reaches it.
type recorder struct {
	mu     sync.Mutex
	events []module.Event
	err    error
}

func (r *recorder) Accept(_ context.Context, e module.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return r.err
}

func router(r *livekithook.Receiver) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	for _, route := range r.Routes() {
		engine.Handle(route.Method, route.Path, gin.WrapH(route.Handler))
	}
	return engine
}

func post(h http.Handler, authorization, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, livekithook.Path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/webhook+json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	h.ServeHTTP(w, req)
	return w
}

func TestReceive_answers_by_the_contract(t *testing.T) {
	const started = `{"event":"room_started","id":"EV_1","room":{"name":"` + uuidRoom + `"}}`
	good := func(body string) string { return sign(t, "key", "secret-one", body) }
	large := `{"event":"room_started","id":"` + strings.Repeat("x", 5000) + `"}`
	tests := map[string]struct {
		authorization, body string
		status              int
		answer              string
		stored              string // id; "" = nothing
	}{
		"good":                   {good(started), started, 200, success, "EV_1"},
		"further key":            {sign(t, "other", "secret-two", started), started, 200, success, "EV_1"},
		"no header":              {"", started, 401, failure, ""},
		"bearer word":            {"Bearer " + good(started), started, 400, failure, ""},
		"garbage":                {"garbage", started, 400, failure, ""},
		"unknown key":            {sign(t, "third", "secret-one", started), started, 400, failure, ""},
		"wrong secret":           {sign(t, "key", "secret-two", started), started, 400, failure, ""},
		"hash of another body":   {good(started + " "), started, 400, failure, ""},
		"not JSON":               {good("{"), "{", 400, failure, ""},
		"empty body":             {good(""), "", 400, failure, ""},
		"mistyped JSON":          {good(`{"event":7}`), `{"event":7}`, 400, failure, ""},
		"too large":              {good(large), large, 413, failure, ""},
		"unknown event":          {good(`{"event":"brand_new","id":"EV_2","what":1}`), `{"event":"brand_new","id":"EV_2","what":1}`, 200, success, "EV_2"},
		"no event name":          {good(`{"id":"EV_3"}`), `{"id":"EV_3"}`, 200, success, ""},
		"connection test":        {good(`{"event":"room_started","id":"EV_4","room":{"name":"connection-test-1"}}`), `{"event":"room_started","id":"EV_4","room":{"name":"connection-test-1"}}`, 200, success, ""},
		"connection test egress": {good(`{"event":"egress_ended","id":"EV_5","egressInfo":{"roomName":"connection-test-1"}}`), `{"event":"egress_ended","id":"EV_5","egressInfo":{"roomName":"connection-test-1"}}`, 200, success, ""},
		"participant, no room":   {good(`{"event":"participant_joined","id":"EV_6"}`), `{"event":"participant_joined","id":"EV_6"}`, 200, success, "EV_6"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var bus recorder
			w := post(router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler))), test.authorization, test.body)
			require.Equal(t, test.status, w.Code)
			require.Equal(t, test.answer, w.Body.String())
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
			require.Empty(t, w.Header().Get("WWW-Authenticate"))
			if test.stored == "" {
				require.Empty(t, bus.events)
				return
			}
			require.Len(t, bus.events, 1)
			require.Equal(t, test.stored, bus.events[0].ID)
			require.Equal(t, test.body, string(bus.events[0].Body))
			require.WithinDuration(t, time.Now(), bus.events[0].At, time.Minute)
			require.Equal(t, time.UTC, bus.events[0].At.Location())
		})
	}
}

func TestReceive_takes_the_room_from_the_event(t *testing.T) {
	for body, want := range map[string]string{
		`{"event":"room_started","room":{"name":"a"},"egressInfo":{"roomName":"b"}}`: "a",
		`{"event":"egress_ended","egressInfo":{"roomName":"b"}}`:                     "b",
		`{"event":"egress_ended","egress_info":{"room_name":"b"}}`:                   "b",
		`{"event":"egress_ended","room":{"name":""},"egressInfo":{"roomName":"b"}}`:  "b",
		`{"event":"ingress_ended"}`:                                                  "",
	} {
		var bus recorder
		w := post(router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler))), sign(t, "key", "secret-one", body), body)
		require.Equal(t, http.StatusOK, w.Code)
		require.Len(t, bus.events, 1)
		require.Equal(t, want, bus.events[0].Room, body)
	}
}

func TestReceive_filters_by_room_name(t *testing.T) {
	tests := map[string]struct {
		filter, room string
		taken        bool
	}{
		"uuid passes":             {`^[0-9a-f]{8}-[0-9a-f]{4}-`, uuidRoom, true},
		"other names do not":      {`^[0-9a-f]{8}-[0-9a-f]{4}-`, "!abc:domain", false},
		"no room name":            {`^[0-9a-f]{8}-[0-9a-f]{4}-`, "", false},
		"found inside":            {`abc`, "!abc:domain", true},
		"invalid filter is none":  {`(abc`, "!other:domain", true},
		"no filter":               {``, "!abc:domain", true},
		"a filter of connections": {`connection-test`, "connection-test-1", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var bus recorder
			var log bytes.Buffer
			cfg := settings()
			cfg.WebhookFilter = test.filter
			body := `{"event":"room_started","id":"EV_1","room":{"name":"` + test.room + `"}}`
			h := router(livekithook.New(cfg, &bus, slog.New(slog.NewTextHandler(&log, nil))))
			w := post(h, sign(t, "key", "secret-one", body), body)
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, success, w.Body.String())
			require.Equal(t, test.taken, len(bus.events) == 1)
			require.Equal(t, test.filter == "(abc", strings.Contains(log.String(), "level=WARN"))
		})
	}
}

func TestReceive_with_an_empty_prefix_ignores_nothing(t *testing.T) {
	cfg := settings()
	cfg.TestRoomPrefix = ""
	var bus recorder
	const body = `{"event":"room_started","room":{"name":"a"}}`
	post(router(livekithook.New(cfg, &bus, slog.New(slog.DiscardHandler))), sign(t, "key", "secret-one", body), body)
	require.Len(t, bus.events, 1)
}

func TestReceive_names_events_without_an_id_by_their_body(t *testing.T) {
	var bus recorder
	h := router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler)))
	a, b := `{"event":"room_started","createdAt":"1"}`, `{"event":"room_started","createdAt":"2"}`
	for _, body := range []string{a, a, b} {
		require.Equal(t, http.StatusOK, post(h, sign(t, "key", "secret-one", body), body).Code)
	}
	require.Len(t, bus.events, 3)
	require.Equal(t, bus.events[0].ID, bus.events[1].ID, "a repeat has the same id")
	require.NotEqual(t, bus.events[0].ID, bus.events[2].ID)
	require.LessOrEqual(t, len(bus.events[0].ID), 100)
}

func TestReceive_stores_no_text_that_a_database_refuses(t *testing.T) {
	long := strings.Repeat("x", 300)
	for name, test := range map[string]struct {
		body   string
		stored bool
	}{
		"id with a NUL":           {`{"event":"room_started","id":"EV_\u0000","room":{"name":"a"}}`, true},
		"id beyond measure":       {`{"event":"room_started","id":"` + long + `","room":{"name":"a"}}`, true},
		"event with a NUL":        {`{"event":"room_\u0000","id":"EV_1","room":{"name":"a"}}`, false},
		"event beyond measure":    {`{"event":"` + long + `","id":"EV_1","room":{"name":"a"}}`, false},
		"room with a NUL":         {`{"event":"room_started","id":"EV_1","room":{"name":"a\u0000"}}`, false},
		"room beyond measure":     {`{"event":"room_started","id":"EV_1","room":{"name":"` + long + `"}}`, false},
		"egress room with a NUL":  {`{"event":"egress_ended","id":"EV_1","egressInfo":{"roomName":"\u0000"}}`, false},
		"identity with a NUL":     {`{"event":"participant_left","id":"EV_1","participant":{"identity":"\u0000"}}`, true},
		"egress id with a NUL":    {`{"event":"egress_ended","id":"EV_1","egressInfo":{"egressId":"EG_\u0000","roomName":"a"}}`, true},
		"identity beyond measure": {`{"event":"participant_left","id":"EV_1","participant":{"identity":"` + long + `"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			var bus recorder
			w := post(router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler))), sign(t, "key", "secret-one", test.body), test.body)
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, success, w.Body.String())
			require.Equal(t, test.stored, len(bus.events) == 1)
			for _, e := range bus.events {
				for _, text := range []string{e.ID, e.Name, e.Room} {
					require.NotContains(t, text, "\x00")
					require.LessOrEqual(t, len(text), 256)
				}
				require.Equal(t, test.body, string(e.Body), "listeners see it as it came")
			}
		})
	}
}

func TestReceive_asks_for_another_try_when_the_event_cannot_be_stored(t *testing.T) {
	bus := recorder{err: errors.New("database password is hunter2")}
	const body = `{"event":"room_started"}`
	w := post(router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler))), sign(t, "key", "secret-one", body), body)
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, `{"detail":"Server error."}`, w.Body.String())
}

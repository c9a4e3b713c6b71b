package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

const (
	lkKey    = "devkey"
	lkSecret = "a secret of the media server, for tests"
)

// finder finds rooms in the store by the names that paths use.
type finder struct{ st *store.Store }

func (f finder) Find(ctx context.Context, name string) (store.RoomWithRole, error) {
	if id, err := uuid.Parse(name); err == nil {
		return f.st.RoomByID(ctx, id, uuid.Nil)
	}
	return f.st.RoomBySlug(ctx, name, uuid.Nil)
}

func lkToken(t *testing.T, secret, issuer, identity, room string, life time.Duration) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": issuer, "sub": identity, "nbf": time.Now().Add(-time.Hour).Unix(), "exp": time.Now().Add(life).Unix(),
		"video": map[string]any{"room": room, "roomJoin": true},
	}).SignedString([]byte(secret))
	require.NoError(t, err)
	return token
}

func roomWorld(t *testing.T, st *store.Store, change ...func(*auth.Options)) (*world, store.Room) {
	w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) {
		o.Rooms = finder{st}
		o.Tokens = livekit.NewVerifier(lkKey, conf.NewSecret(lkSecret))
		o.Secrets = func(name string) (conf.Secret, bool) {
			return conf.NewSecret("the hook's secret"), name == "hook"
		}
		for _, c := range change {
			c(o)
		}
	})
	ctx := context.Background()
	owner, err := st.CreateUser(ctx, store.User{Sub: ptr("owner"), Language: "en-us", Timezone: "UTC", IsActive: true})
	require.NoError(t, err)
	room, err := st.CreateRoom(ctx, store.Room{Name: "Blue room", Slug: "blue-room", AccessLevel: store.Public, Configuration: []byte(`{}`)}, owner.ID)
	require.NoError(t, err)
	return w, room
}

// verdict implements Meetings with the same answer for every token.
type verdict struct{ err error }

func (v verdict) Check(context.Context, livekit.Claims) error { return v.err }

func TestAdmit_LiveKit_tokens_that_count_no_more(t *testing.T) {
	for body, err := range map[string]error{
		`{"detail":"Invalid LiveKit token: The meeting is over"}`:         livekit.ErrEnded,
		`{"detail":"Invalid LiveKit token: The participant was removed"}`: fmt.Errorf("room: %w", livekit.ErrRemoved),
		`{"detail":"Server error."}`:                                      errors.New("the database is down"),
	} {
		w, room := roomWorld(t, sqlite(t), func(o *auth.Options) { o.Meetings = verdict{err} })
		token := lkToken(t, lkSecret, lkKey, "someone", room.ID.String(), time.Hour)
		elsewhere := lkToken(t, lkSecret, lkKey, "someone", uuid.NewString(), time.Hour)
		for _, action := range []string{"token", "either"} {
			a := w.browser().do("POST", "/rooms/blue-room/"+action+"/", "Authorization", "Bearer "+token)
			require.Equal(t, body, a.body)
			require.Equal(t, err.Error() == "the database is down", a.StatusCode == 500)
			a = w.browser().do("POST", "/rooms/blue-room/"+action+"/", "Authorization", "Bearer "+elsewhere)
			require.Equal(t, `{"detail":"You do not have permission to perform this action."}`, a.body)
			a = w.browser().do("POST", "/rooms/nowhere/"+action+"/", "Authorization", "Bearer "+token)
			require.Equal(t, 404, a.StatusCode)
		}
	}
}

func TestAdmit_LiveKit_tokens(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w, room := roomWorld(t, st)
		good := lkToken(t, lkSecret, lkKey, "someone", room.ID.String(), time.Hour)
		elsewhere := lkToken(t, lkSecret, lkKey, "someone", uuid.NewString(), time.Hour)
		const header = `{"detail":"Authorization header must be: Bearer <token>"}`
		const forbidden = `{"detail":"You do not have permission to perform this action."}`
		const noRoom = `{"detail":"No Room matches the given query."}`
		const noCreds = `{"detail":"Authentication credentials were not provided."}`
		for name, c := range map[string]struct {
			room, auth string
			code       int
			body       string // of the error
		}{
			"by id":                      {room.ID.String(), "Bearer " + good, 200, ""},
			"by slug":                    {"blue-room", "bEARER  " + good, 200, ""},
			"one word":                   {"blue-room", good, 403, header},
			"three words":                {"blue-room", "Bearer " + good + " x", 403, header},
			"another scheme":             {"blue-room", "Token " + good, 403, header},
			"only the scheme":            {"blue-room", "Bearer", 403, header},
			"a bad header goes first":    {"nowhere", "Bearer", 403, header},
			"no token":                   {"blue-room", "Bearer nonsense", 403, `{"detail":"Invalid LiveKit token: Not enough segments"}`},
			"a bad token goes first":     {"nowhere", "Bearer " + lkToken(t, "other", lkKey, "x", "y", time.Hour), 403, `{"detail":"Invalid LiveKit token: Signature verification failed"}`},
			"another issuer":             {"blue-room", "Bearer " + lkToken(t, lkSecret, "other", "x", "y", time.Hour), 403, `{"detail":"Invalid LiveKit token: Invalid issuer"}`},
			"expired":                    {"blue-room", "Bearer " + lkToken(t, lkSecret, lkKey, "x", "y", -2*time.Minute), 403, `{"detail":"Invalid LiveKit token: Signature has expired"}`},
			"no identity":                {"blue-room", "Bearer " + lkToken(t, lkSecret, lkKey, "", "y", time.Hour), 403, `{"detail":"Invalid LiveKit token: Token missing user identity"}`},
			"unknown room":               {"nowhere", "Bearer " + good, 404, noRoom},
			"unknown room, no header":    {"nowhere", "", 404, noRoom},
			"no header":                  {"blue-room", "", 403, noCreds},
			"the token of another room":  {"blue-room", "Bearer " + elsewhere, 403, forbidden},
			"the token of no room":       {"blue-room", "Bearer " + lkToken(t, lkSecret, lkKey, "x", "", time.Hour), 403, forbidden},
			"the slug instead of the id": {"blue-room", "Bearer " + lkToken(t, lkSecret, lkKey, "x", "blue-room", time.Hour), 403, forbidden},
		} {
			t.Run(name, func(t *testing.T) {
				var headers []string
				if c.auth != "" {
					headers = []string{"Authorization", c.auth}
				}
				a := w.browser().do("POST", "/rooms/"+c.room+"/token/", headers...)
				require.Equal(t, c.code, a.StatusCode, a.body)
				require.Empty(t, a.Header.Get("WWW-Authenticate"))
				if c.body != "" {
					require.Equal(t, c.body, a.body)
				} else {
					require.Contains(t, a.body, `"token":{"identity":"someone","room":"`+room.ID.String()+`"}`)
					require.Contains(t, a.body, `"sub":"someone"`)
					require.Contains(t, a.body, `"room":"blue-room"`)
					require.Contains(t, a.body, `"address":"127.0.0.1"`)
				}
				if c.auth != "" && c.room == "blue-room" {
					either := w.browser().do("POST", "/rooms/"+c.room+"/either/", headers...)
					require.Equal(t, a.StatusCode, either.StatusCode)
					require.Equal(t, a.body, either.body)
				}
			})
		}
	})
}

func TestAdmit_LiveKit_token_or_session(t *testing.T) {
	w, room := roomWorld(t, sqlite(t))
	b := w.browser()
	a := b.do("POST", "/rooms/blue-room/either/")
	require.Equal(t, http.StatusOK, a.StatusCode)
	require.NotContains(t, a.body, `"user"`)
	require.Equal(t, http.StatusNotFound, b.do("POST", "/rooms/nowhere/either/").StatusCode)
	b.login("ada", "")
	require.Equal(t, http.StatusForbidden, b.do("POST", "/rooms/blue-room/either/").StatusCode, "CSRF")
	a = b.do("POST", "/rooms/blue-room/either/", "X-CSRFToken", b.cookieValue("csrftoken"))
	require.Equal(t, http.StatusOK, a.StatusCode)
	require.Contains(t, a.body, `"user":"`+w.user("ada").ID.String())
	require.Contains(t, a.body, room.ID.String())
	good := lkToken(t, lkSecret, lkKey, "someone", room.ID.String(), time.Hour)
	a = b.do("POST", "/rooms/blue-room/either/", "Authorization", "Bearer "+good)
	require.Equal(t, http.StatusOK, a.StatusCode, "the token authenticates, no CSRF")
	require.NotContains(t, a.body, `"user"`)
}

func TestAdmit_ignores_the_header_elsewhere(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	require.Equal(t, http.StatusOK, b.get("/me/", "Authorization", "garbage").StatusCode)
}

func TestAdmit_without_a_LiveKit_key_no_token_passes(t *testing.T) {
	st := sqlite(t)
	for name, tokens := range map[string]auth.Tokens{"none": nil, "empty": livekit.NewVerifier("", conf.Secret{})} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.Rooms, o.Tokens = finder{st}, tokens })
			a := w.browser().do("POST", "/rooms/x/token/", "Authorization", "Bearer "+lkToken(t, "x", "", "x", "x", time.Hour))
			require.Equal(t, http.StatusForbidden, a.StatusCode)
			require.Contains(t, a.body, "Invalid LiveKit token: ")
		})
	}
}

func TestAdmit_shared_secrets(t *testing.T) {
	w, _ := roomWorld(t, sqlite(t))
	for header, want := range map[string]int{
		"":                                    401,
		"Bearer":                              401,
		"Bearer wrong":                        401,
		"the hook's secret":                   401,
		"Bearer the hook's secret":            401, // four words
		"Basic x":                             401,
		"Bearer " + strings.Repeat("x", 9000): 401,
	} {
		a := w.browser().get("/secret/", "Authorization", header)
		require.Equal(t, want, a.StatusCode, header)
		require.Equal(t, "Bearer", a.Header.Get("WWW-Authenticate"))
	}
	one := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.Secrets = func(string) (conf.Secret, bool) { return conf.NewSecret("shared-secret"), true }
	})
	require.Equal(t, http.StatusOK, one.browser().get("/secret/", "Authorization", "bearer shared-secret").StatusCode)
	unset := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.Secrets = func(string) (conf.Secret, bool) { return conf.Secret{}, true }
	})
	require.Equal(t, http.StatusUnauthorized, unset.browser().get("/secret/", "Authorization", "Bearer x").StatusCode)
	none := newWorld(t, sqlite(t), nil)
	require.Equal(t, http.StatusUnauthorized, none.browser().get("/secret/", "Authorization", "Bearer x").StatusCode)
}

func TestAdmit_public_own_and_nobody(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	require.Equal(t, http.StatusOK, b.get("/open/").StatusCode)
	require.Equal(t, http.StatusOK, b.do("POST", "/own/").StatusCode)
	a := b.get("/nobody/")
	require.Equal(t, http.StatusForbidden, a.StatusCode)
	require.JSONEq(t, `{"detail":"You do not have permission to perform this action."}`, a.body)
}

package core_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// Grant gives an account a role on a room.
func (h *House) Grant(room Object, user string, role store.Role) {
	h.Helper()
	u, err := h.Store.UserBySub(h.Context(), user)
	require.NoError(h, err)
	const text = `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id)
		SELECT $1, created_at, updated_at, $2, id, $4 FROM meet_resource WHERE id = $3`
	args := []any{uuid.NewString(), string(role), room["id"], u.ID.String()}
	if pool := h.Store.PgxPool(); pool != nil {
		_, err = pool.Exec(h.Context(), text, args...)
	} else {
		_, err = h.Store.SQLDB().ExecContext(h.Context(), text, args...)
	}
	require.NoError(h, err)
}

var (
	base     = []string{"access_level", "configuration", "id", "name", "slug"}
	entering = []string{"access_level", "configuration", "id", "livekit", "name", "pin_code", "slug"}
	ruling   = []string{"access_level", "accesses", "configuration", "id", "livekit", "name", "pin_code", "slug"}
	UserKeys = []string{
		"default_room_access_level", "default_room_configuration", "email", "full_name", "id", "language", "short_name", "timezone",
	}
)

func Keys(o Object) []string { return slices.Sorted(maps.Keys(o)) }

func TestRetrieve_shows_each_caller_what_the_access_level_allows(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		h := Open(t, engine)
		callers := map[string]*Browser{
			"anonymous": h.Anonymous(), "stranger": h.SignIn("mary"), "member": h.SignIn("alan"),
			"administrator": h.SignIn("grace"), "owner": h.SignIn("ada"),
		}
		want := map[string]map[string][]string{
			"public":     {"anonymous": entering, "stranger": entering, "member": entering, "administrator": ruling, "owner": ruling},
			"trusted":    {"anonymous": base, "stranger": entering, "member": entering, "administrator": ruling, "owner": ruling},
			"restricted": {"anonymous": base, "stranger": base, "member": entering, "administrator": ruling, "owner": ruling},
		}
		for level, byCaller := range want {
			name := "Réunion " + level
			room := callers["owner"].Create(Object{
				"name": name, "access_level": level, "configuration": Object{"can_publish_sources": []string{"microphone"}},
			})
			h.Grant(room, "alan", store.Member)
			h.Grant(room, "grace", store.Administrator)
			id := room["id"].(string)
			paths := []string{
				id, strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), "urn:uuid:" + id, "!" + id,
				"reunion-" + level, "R%C3%A9union%20" + level,
			}
			for who, shown := range byCaller {
				for _, path := range paths {
					a := callers[who].Get("/api/v1.0/rooms/" + path + "/?username=Zo%C3%AB")
					require.Equal(t, http.StatusOK, a.Status, a.Body)
					got := a.JSON()
					require.Equal(t, shown, Keys(got), "%s at %s (%s)", who, path, level)
					require.Equal(t, id, got["id"])
					require.Equal(t, name, got["name"])
					if len(shown) == len(base) {
						continue
					}
					h.checkEntry(a, who, id)
				}
			}
		}
	})
}

// checkEntry checks the token for a room that one caller gets.
func (h *House) checkEntry(a Answer, who, id string) {
	h.Helper()
	require.Equal(h, id, a.Livekit()["room"])
	claims := a.Claims()
	attributes, video := claims["attributes"].(Object), claims["video"].(Object)
	require.Equal(h, "Zoë", claims["name"])
	require.Equal(h, id, video["room"])
	privileged := who == "owner" || who == "administrator"
	require.Equal(h, privileged, video["roomAdmin"])
	sources := []any{"microphone"}
	if privileged {
		sources = []any{"camera", "microphone", "screen_share", "screen_share_audio"}
	}
	require.Equal(h, sources, video["canPublishSources"])
	subject := map[string]string{"stranger": "mary", "member": "alan", "administrator": "grace", "owner": "ada"}[who]
	role := map[string]string{"member": "member", "administrator": "administrator", "owner": "owner"}[who]
	require.Equal(h, role, attributes["room_role"])
	if who == "anonymous" {
		require.Equal(h, "false", attributes["is_authenticated"])
		require.NoError(h, uuid.Validate(claims["sub"].(string)))
		return
	}
	require.Equal(h, "true", attributes["is_authenticated"])
	require.Equal(h, subject, claims["sub"])
	if privileged {
		accesses := a.JSON()["accesses"].([]any)
		require.Len(h, accesses, 3)
		first := accesses[0].(Object)
		require.Equal(h, []string{"id", "resource", "role", "user"}, Keys(first))
		require.Equal(h, UserKeys, Keys(first["user"].(Object)))
		require.Equal(h, id, first["resource"])
	}
}

func TestRetrieve_of_an_unregistered_room_lets_everybody_meet(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	unknown := uuid.NewString()
	for path, slug := range map[string]string{
		"unregistered-room": "unregistered-room", "R%C3%A9union": "reunion", unknown: unknown,
	} {
		a := h.Anonymous().Get("/api/v1.0/rooms/" + path + "/")
		a.Is(http.StatusOK, `{"id":null,"slug":"`+slug+`","is_administrable":false,"access_level":"public","livekit":{"url":"`+
			h.Config.LiveKit.URL+`","room":"`+slug+`","token":"`+a.Token()+`"}}`)
		claims := a.Claims()
		require.Equal(t, "Anonymous", claims["name"])
		require.Equal(t, slug, claims["video"].(Object)["room"])
		require.Equal(t, false, claims["video"].(Object)["roomAdmin"])
	}
	const missing = `{"detail":"No Room matches the given query."}`
	h.Anonymous().Get("/api/v1.0/rooms/%21%21/").Is(http.StatusNotFound, missing)

	closed := Open(t, Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Rooms.AllowUnregistered = false })
	closed.Anonymous().Get("/api/v1.0/rooms/unregistered-room/").Is(http.StatusNotFound, missing)
	closed.Anonymous().Get("/api/v1.0/rooms/"+unknown+"/").Is(http.StatusNotFound, missing)
}

func TestRetrieve_of_an_id_inside_other_characters_opens_no_closed_room(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	room := h.SignIn("ada").Create(Object{"name": "Board", "access_level": "restricted"})
	id := room["id"].(string)
	for _, path := range []string{"!" + id, id + "!", "%20" + id, "(" + strings.ReplaceAll(id, "-", "%20") + ")", "-" + id + "-", "%C2%A1" + id} {
		a := h.Anonymous().Get("/api/v1.0/rooms/" + path + "/")
		require.Equal(t, base, Keys(a.JSON()), path)
	}
}

package rooms_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
)

var (
	base     = []string{"access_level", "configuration", "id", "name", "slug"}
	entering = []string{"access_level", "configuration", "id", "livekit", "name", "pin_code", "slug"}
	ruling   = []string{"access_level", "accesses", "configuration", "id", "livekit", "name", "pin_code", "slug"}
)

func TestRoom_shows_each_caller_what_the_access_level_allows(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		callers := map[string]*coretest.Browser{
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
			room := callers["owner"].Create(coretest.Object{
				"name": name, "access_level": level, "configuration": coretest.Object{"can_publish_sources": []string{"microphone"}},
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
					require.Equal(t, shown, coretest.Keys(got), "%s at %s (%s)", who, path, level)
					require.Equal(t, id, got["id"])
					require.Equal(t, name, got["name"])
					if len(shown) == len(base) {
						continue
					}
					checkEntry(h, a, who, id)
				}
			}
		}
	})
}

// checkEntry checks the token for a room that one caller gets.
func checkEntry(h *coretest.House, a coretest.Answer, who, id string) {
	h.Helper()
	require.Equal(h, id, a.LiveKit()["room"])
	claims := a.Claims()
	attributes, video := claims["attributes"].(coretest.Object), claims["video"].(coretest.Object)
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
		first := accesses[0].(coretest.Object)
		require.Equal(h, []string{"id", "resource", "role", "user"}, coretest.Keys(first))
		require.Equal(h, coretest.UserKeys, coretest.Keys(first["user"].(coretest.Object)))
		require.Equal(h, id, first["resource"])
	}
}

func TestRoom_that_is_not_registered_lets_everybody_meet(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	unknown := uuid.NewString()
	for path, slug := range map[string]string{
		"unregistered-room": "unregistered-room", "R%C3%A9union": "reunion", unknown: unknown,
	} {
		a := h.Anonymous().Get("/api/v1.0/rooms/" + path + "/")
		a.Is(http.StatusOK, `{"id":null,"slug":"`+slug+`","is_administrable":false,"access_level":"public","livekit":{"url":"`+
			h.Config.LiveKit.URL+`","room":"`+slug+`","token":"`+a.Token()+`"}}`)
		claims := a.Claims()
		require.Equal(t, "Anonymous", claims["name"])
		require.Equal(t, slug, claims["video"].(coretest.Object)["room"])
		require.Equal(t, false, claims["video"].(coretest.Object)["roomAdmin"])
	}
	const missing = `{"detail":"No Room matches the given query."}`
	h.Anonymous().Get("/api/v1.0/rooms/%21%21/").Is(http.StatusNotFound, missing)

	closed := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Rooms.AllowUnregistered = false })
	closed.Anonymous().Get("/api/v1.0/rooms/unregistered-room/").Is(http.StatusNotFound, missing)
	closed.Anonymous().Get("/api/v1.0/rooms/"+unknown+"/").Is(http.StatusNotFound, missing)
}

func TestRetrieve_of_an_id_inside_other_characters_opens_no_closed_room(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	room := h.SignIn("ada").Create(coretest.Object{"name": "Board", "access_level": "restricted"})
	id := room["id"].(string)
	for _, path := range []string{"!" + id, id + "!", "%20" + id, "(" + strings.ReplaceAll(id, "-", "%20") + ")", "-" + id + "-", "%C2%A1" + id} {
		a := h.Anonymous().Get("/api/v1.0/rooms/" + path + "/")
		require.Equal(t, base, coretest.Keys(a.JSON()), path)
	}
}

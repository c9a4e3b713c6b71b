package rooms_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/rooms"
	"foyer/core/store"
)

// drawn matches a random slug.
const drawn = `^[a-z]{3}-[a-z]{4}-[a-z]{3}$`

// rename sets a name by PUT and returns the resulting slug.
func (c *client) rename(id, name string) string {
	c.w.Helper()
	text, err := json.Marshal(map[string]string{"name": name})
	require.NoError(c.w.T, err)
	a := c.do("PUT", "rooms/"+id+"/", string(text))
	require.Equal(c.w.T, 200, a.StatusCode, a.body)
	m := a.object(c.w.T)
	require.Equal(c.w.T, name, m["name"])
	return m["slug"].(string)
}

func TestName_that_gives_no_slug_draws_one(t *testing.T) {
	onBoth(t, func(w *world) {
		ada := w.as("ada")
		seen := map[string]bool{}
		for _, name := range []string{"会議室", "会議室", "!!!", "Ω", "-_-"} {
			a := ada.do("POST", "rooms/", `{"name":"`+name+`"}`)
			require.Equal(w.T, 201, a.StatusCode, a.body)
			m := a.object(w.T)
			slug := m["slug"].(string)
			require.Equal(w.T, name, m["name"])
			require.Regexp(w.T, drawn, slug)
			require.False(w.T, seen[slug], "of its own")
			seen[slug] = true
			require.Equal(w.T, m["id"], ada.get("rooms/" + slug + "/").object(w.T)["id"])
			require.Equal(w.T, 404, ada.get("rooms/"+url.PathEscape(name)+"/").StatusCode, "the name itself names nothing")
		}
		id := ada.do("POST", "rooms/", `{"name":"会議室"}`).object(w.T)["id"].(string)
		first := ada.rename(id, "会議室")
		require.Regexp(w.T, drawn, first)
		require.Equal(w.T, first, ada.rename(id, "会議室"), "what was drawn stays")
		require.Equal(w.T, first, ada.rename(id, "食堂"))
		require.Equal(w.T, "weekly", ada.rename(id, "Weekly"))
		require.Regexp(w.T, drawn, ada.rename(id, "会議室"))
		require.NotEqual(w.T, first, ada.rename(id, "会議室"))
	})
}

// The replaced server gave one such name an empty slug.
func TestSlug_that_is_empty_names_no_room(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("!!!", store.Public)
		require.Empty(w.T, room.Slug)
		grace := w.as("grace")
		for _, path := range []string{"rooms//", "rooms/!!!/", "rooms/%20/", "rooms/-/", "rooms/会議室/"} {
			for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
				a := grace.do(method, path, `{"name":"x"}`)
				require.Equal(w.T, 404, a.StatusCode, "%s %s: %s", method, path, a.body)
			}
		}
		require.Equal(w.T, "!!!", w.stored(room.ID).Name)
		require.Equal(w.T, 200, grace.do("PATCH", "rooms/"+room.ID.String()+"/", `{"access_level":"trusted"}`).StatusCode)
		require.Empty(w.T, w.stored(room.ID).Slug)
		require.Regexp(w.T, drawn, grace.rename(room.ID.String(), "!!!"), "the next name heals it")
	})
}

func TestName_of_a_route_is_reserved(t *testing.T) {
	onBoth(t, func(w *world) {
		const taken = "creation-callback"
		old := w.room(taken, store.Public)
		weekly := w.room("weekly", store.Public)
		grace := w.as("grace")
		for _, name := range []string{"creation-callback", "Création  Callback!", "api", "API"} {
			want := `{"name":["Room name \"` + name + `\" is reserved."]}`
			for method, path := range map[string]string{"POST": "rooms/", "PUT": "rooms/weekly/", "PATCH": "rooms/weekly/"} {
				a := grace.do(method, path, `{"name":"`+name+`"}`)
				require.Equal(w.T, 400, a.StatusCode, "%s: %s", name, a.body)
				require.Equal(w.T, want, a.body)
			}
			_, err := w.made.Create(w.Context(), store.Room{Name: name, AccessLevel: store.Public}, grace.user.ID, uuid.Nil)
			require.ErrorAs(w.T, err, new(*rooms.Fault))
			_, err = w.made.Update(w.Context(), weekly.ID, nil, rooms.Change{Name: &name})
			require.ErrorAs(w.T, err, new(*rooms.Fault))
		}
		for _, name := range []string{"callback", "creation", "rooms", "v1-0", "authenticate", "api-2"} {
			a := grace.do("POST", "rooms/", `{"name":"`+name+`"}`)
			require.Equal(w.T, 201, a.StatusCode, "%s is no such name: %s", name, a.body)
		}
		require.Equal(w.T, taken, grace.rename(old.ID.String(), "Creation callback"), "what there is stays")
		require.Equal(w.T, "other", grace.rename(old.ID.String(), "Other"))
	})
}

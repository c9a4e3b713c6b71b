package externalapi_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// names returns the names of the rooms in a list, in its order.
func names(o object) []string {
	list := []string{}
	for _, r := range o["results"].([]any) {
		list = append(list, r.(object)["name"].(string))
	}
	return list
}

func TestList_shows_what_the_application_created_for_the_user(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true})
		mine := w.create("calendar", "ada", nil)["name"].(string)
		another := w.create("planner", "ada", nil)["name"].(string)
		w.create("calendar", "grace", nil)
		w.frontend("ada", "made-at-the-frontend")
		w.frontend("grace", "a-public-room")
		shared := w.frontend("grace", "shared-with-ada")
		w.share(shared.ID, "ada", store.Member)
		addon := w.send(w.addon("ada", "rooms:create"), "POST", roomsPath, nil).json(201)["name"].(string)
		office := w.send(w.granted("office", "ada", "rooms:create"), "POST", roomsPath, nil).json(201)["name"].(string)

		all := []string{mine, another, addon, office, "made-at-the-frontend", "shared-with-ada"}
		slices.Sort(all)
		for token, want := range map[string][]string{
			w.token("calendar", "ada", "rooms:list"):                {mine},
			w.token("planner", "ada", "rooms:list"):                 {another},
			w.addon("ada", "rooms:list"):                            {addon},
			w.granted("office", "ada", "rooms:list"):                {office},
			w.granted("another", "ada", "rooms:list"):               {},
			w.token("planner", "grace", "rooms:list"):               {},
			w.token("calendar", "ada", "rooms:list rooms:list:all"): all,
		} {
			page := w.get(token, roomsPath).json(200)
			require.Equal(t, want, names(page))
			require.EqualValues(t, len(want), page["count"])
			require.Nil(t, page["next"])
			require.Equal(t, want, names(w.get(token, roomsPath+"?cursor=").json(200)))
		}
		w.get(w.token("planner", "grace", "rooms:list"), roomsPath).is(200, `{"count":0,"next":null,"previous":null,"results":[]}`)
		w.get(w.token("planner", "grace", "rooms:list"), roomsPath+"?cursor=").is(200, `{"next":null,"results":[]}`)
	})
}

func TestList_comes_in_pages_and_behind_cursors(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		for i := range 45 {
			w.frontend("ada", fmt.Sprintf("room-%02d", i))
		}
		token := w.token("calendar", "ada", "rooms:list rooms:list:all")
		first := w.get(token, roomsPath+"?page_size=5").json(200)
		require.EqualValues(t, 45, first["count"])
		require.Len(t, first["results"], 20, "page_size is not read")
		require.Equal(t, "http://HOST"+roomsPath+"?page=2&page_size=5", first["next"])
		last := w.get(token, roomsPath+"?page=last").json(200)
		require.Len(t, last["results"], 5)
		require.Nil(t, last["next"])
		require.Equal(t, "http://HOST"+roomsPath+"?page=2", last["previous"])
		for _, page := range []string{"0", "4", "x", "-1"} {
			w.get(token, roomsPath+"?page="+page).is(404, `{"detail":"Invalid page."}`)
		}

		var all []string
		for query, rounds := "?cursor=&page_size=7", 0; query != ""; rounds++ {
			require.Less(t, rounds, 10)
			o := w.get(token, roomsPath+query).json(200)
			require.NotContains(t, o, "count")
			all = append(all, names(o)...)
			query = ""
			if next, ok := o["next"].(string); ok {
				require.True(t, strings.HasPrefix(next, "http://HOST"+roomsPath+"?"), next)
				u, err := url.Parse(next)
				require.NoError(t, err)
				query = "?" + u.RawQuery
			}
			if rounds == 1 { // rooms that come and go do not shift the others
				w.frontend("ada", "room-00-new")
			}
		}
		require.Len(t, all, 45)
		require.True(t, slices.IsSorted(all))
		require.Len(t, w.get(token, roomsPath+"?cursor=&page_size=1000").json(200)["results"], 46)
		for _, cursor := range []string{"x", "e30x", "%00"} {
			w.get(token, roomsPath+"?cursor="+cursor).is(404, `{"detail":"Invalid cursor"}`)
		}
	})
}

func TestRetrieve_row_by_row(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		room := w.create("calendar", "ada", nil)
		path := roomsPath + room["id"].(string) + "/"
		own := w.frontend("ada", "made-at-the-frontend")
		public := w.frontend("grace", "a-public-room")
		token := w.token("calendar", "ada", "rooms:retrieve")
		a := w.get(token, path)
		require.Equal(t, room, a.json(200))
		w.get(token, strings.TrimSuffix(path, "/")).is(200, a.Body)
		w.get(token, roomsPath+strings.ToUpper(room["id"].(string))+"/").is(200, a.Body)

		w.get(token, roomsPath+uuid.NewString()+"/").is(404, noRoom)
		w.get(token, roomsPath+room["slug"].(string)+"/").is(404, notFound)
		w.get(token, roomsPath+own.ID.String()+"/").is(404, noRoom)
		w.get(token, roomsPath+public.ID.String()+"/").is(403, forbidden)
		w.get(w.token("planner", "ada", "rooms:retrieve"), path).is(404, noRoom)
		w.get(w.token("calendar", "grace", "rooms:retrieve"), path).is(403, forbidden)
		w.share(room["id"], "grace", store.Member)
		w.get(w.token("calendar", "grace", "rooms:retrieve"), path).is(404, noRoom)
		require.Empty(t, names(w.get(w.token("calendar", "grace", "rooms:list"), roomsPath).json(200)), "it was created for somebody else")

		all := w.token("planner", "ada", "rooms:retrieve rooms:list:all")
		w.get(all, path).is(200, a.Body)
		require.Equal(t, "made-at-the-frontend", w.get(all, roomsPath+own.ID.String()+"/").json(200)["name"])
		w.get(all, roomsPath+public.ID.String()+"/").is(403, forbidden)

		tag := a.Header.Get("ETag")
		require.Regexp(t, `^"[0-9a-z]+"$`, tag)
		for value, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "x": 200} {
			again := w.get(token, path, "If-None-Match", value)
			require.Equal(t, want, again.Status, value)
			require.Equal(t, tag, again.Header.Get("ETag"))
		}
	})
}

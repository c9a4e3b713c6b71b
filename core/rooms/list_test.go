package rooms_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestList_pages_through_the_rooms_of_the_caller(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		for _, name := range []string{"delta", "alpha", "echo", "charlie", "bravo"} {
			ada.Create(coretest.Object{"name": name})
		}
		h.SignIn("mary").Create(coretest.Object{"name": "not Ada's"})
		names := func(a coretest.Answer) (all []string) {
			for _, r := range a.JSON()["results"].([]any) {
				require.NotEmpty(t, r.(coretest.Object)["livekit"])
				all = append(all, r.(coretest.Object)["name"].(string))
			}
			return all
		}
		link := func(query string) string { return h.URL + "/api/v1.0/rooms/?" + query }
		first := ada.Get("/api/v1.0/rooms/?username=Bob&page_size=2")
		require.Equal(t, []string{"alpha", "bravo"}, names(first))
		require.EqualValues(t, 5, first.JSON()["count"])
		require.Equal(t, link("page=2&page_size=2&username=Bob"), first.JSON()["next"])
		require.Nil(t, first.JSON()["previous"])
		second := ada.Get(strings.TrimPrefix(first.JSON()["next"].(string), h.URL))
		require.Equal(t, []string{"charlie", "delta"}, names(second))
		require.Equal(t, link("page_size=2&username=Bob"), second.JSON()["previous"])
		last := ada.Get("/api/v1.0/rooms/?page=last&page_size=2")
		require.Equal(t, []string{"echo"}, names(last))
		require.Nil(t, last.JSON()["next"])
		for _, page := range []string{"0", "-1", "4", "x", "99999999999999999999"} {
			ada.Get("/api/v1.0/rooms/?page_size=2&page="+page).Is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		}
		h.Anonymous().Get("/api/v1.0/rooms/").Is(http.StatusOK, `{"count":0,"next":null,"previous":null,"results":[]}`)
	})
}

package core_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

func TestRoot_lists_the_collections_that_are_on(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	want := coretest.Object{}
	for _, name := range []string{"users", "rooms", "recordings", "resource-accesses"} {
		want[name] = h.URL + "/api/v1.0/" + name + "/"
	}
	for _, path := range []string{"/api/v1.0/", "/api/v1.0", "/api/v1.0/?format=json"} {
		a := h.Anonymous().Get(path)
		require.Equal(t, http.StatusOK, a.Status)
		require.Equal(t, want, a.JSON(), path)
	}
	behind := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.HTTP.PublicURL = "https://meet.example.org" })
	require.Equal(t, "https://meet.example.org/api/v1.0/rooms/", behind.Anonymous().Get("/api/v1.0/").JSON()["rooms"])
}

package core_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestRoot_lists_the_collections_that_are_on(t *testing.T) {
	h := open(t, engines["sqlite"])
	want := object{}
	for _, name := range []string{"users", "rooms", "recordings", "resource-accesses"} {
		want[name] = h.url + "/api/v1.0/" + name + "/"
	}
	for _, path := range []string{"/api/v1.0/", "/api/v1.0", "/api/v1.0/?format=json"} {
		a := h.anonymous().get(path)
		require.Equal(t, http.StatusOK, a.status)
		require.Equal(t, want, a.json(), path)
	}
	behind := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.HTTP.PublicURL = "https://meet.example.org" })
	require.Equal(t, "https://meet.example.org/api/v1.0/rooms/", behind.anonymous().get("/api/v1.0/").json()["rooms"])
}

package core_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestTokens_are_given_in_answers_that_are_not_stored(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	const one = "/api/v1.0/rooms/weekly/"
	for _, x := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "Weekly"}},
		{http.MethodGet, "/api/v1.0/rooms/", nil},
		{http.MethodGet, one, nil},
		{http.MethodPut, one, coretest.Object{"name": "Weekly"}},
		{http.MethodPatch, one, coretest.Object{"access_level": "public"}},
		{http.MethodGet, "/api/v1.0/rooms/unregistered/", nil},
		{http.MethodPost, one + "request-entry/", coretest.Object{"username": "Ada"}},
		{http.MethodPost, coretest.TestPath, nil},
	} {
		a := ada.Send(x.method, x.path, x.body)
		require.True(t, coretest.Gives(a.Header, []byte(a.Body)), "%s %s: %d %s", x.method, x.path, a.Status, a.Body)
		require.Equal(t, []string{"no-store"}, a.Header["Cache-Control"], "%s %s", x.method, x.path)
	}
}

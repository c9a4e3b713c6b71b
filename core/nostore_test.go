package core_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gives reports whether an answer contains something that grants access: a token, or the
// signature of a storage request. Every answer in the house's tests is checked; see
// hold.
func Gives(header http.Header, body []byte) bool {
	return bytes.Contains(body, []byte(`"token":"ey`)) || bytes.Contains(body, []byte("X-Amz-Signature=")) || header.Get("Authorization") != ""
}

func TestTokens_are_given_in_answers_that_are_not_stored(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	ada := h.SignIn("ada")
	const one = "/api/v1.0/rooms/weekly/"
	for _, x := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/api/v1.0/rooms/", Object{"name": "Weekly"}},
		{http.MethodGet, "/api/v1.0/rooms/", nil},
		{http.MethodGet, one, nil},
		{http.MethodPut, one, Object{"name": "Weekly"}},
		{http.MethodPatch, one, Object{"access_level": "public"}},
		{http.MethodGet, "/api/v1.0/rooms/unregistered/", nil},
		{http.MethodPost, one + "request-entry/", Object{"username": "Ada"}},
		{http.MethodPost, TestPath, nil},
	} {
		a := ada.Send(x.method, x.path, x.body)
		require.True(t, Gives(a.Header, []byte(a.Body)), "%s %s: %d %s", x.method, x.path, a.Status, a.Body)
		require.Equal(t, []string{"no-store"}, a.Header["Cache-Control"], "%s %s", x.method, x.path)
	}
}

package core_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// gives reports whether an answer contains something that grants access: a token, or the
// signature of a storage request. Every answer in the house's tests is checked; see
// hold.
func gives(header http.Header, body []byte) bool {
	return bytes.Contains(body, []byte(`"token":"ey`)) || bytes.Contains(body, []byte("X-Amz-Signature=")) || header.Get("Authorization") != ""
}

func TestTokens_are_given_in_answers_that_are_not_stored(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	const one = "/api/v1.0/rooms/weekly/"
	for _, x := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/api/v1.0/rooms/", object{"name": "Weekly"}},
		{http.MethodGet, "/api/v1.0/rooms/", nil},
		{http.MethodGet, one, nil},
		{http.MethodPut, one, object{"name": "Weekly"}},
		{http.MethodPatch, one, object{"access_level": "public"}},
		{http.MethodGet, "/api/v1.0/rooms/unregistered/", nil},
		{http.MethodPost, one + "request-entry/", object{"username": "Ada"}},
		{http.MethodPost, testPath, nil},
	} {
		a := ada.send(x.method, x.path, x.body)
		require.True(t, gives(a.header, []byte(a.body)), "%s %s: %d %s", x.method, x.path, a.status, a.body)
		require.Equal(t, []string{"no-store"}, a.header["Cache-Control"], "%s %s", x.method, x.path)
	}
}

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/livekit/protocol/auth"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
)

const (
	webhookPath  = "/api/v1.0/rooms/webhooks-livekit/"
	subtitlePath = "/api/v1.0/rooms/one/start-subtitle/"
)

// withMedia configures a media server address at which nothing answers.
var withMedia = []string{
	"LIVEKIT_API_URL=ws://127.0.0.1:1", "LIVEKIT_API_KEY=" + livekitdev.DevKey, "LIVEKIT_API_SECRET=" + livekitdev.DevSecret,
}

// signed returns the Authorization header of a webhook with this body.
func signed(t *testing.T, body string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	token, err := auth.NewAccessToken(livekitdev.DevKey, livekitdev.DevSecret).
		SetSha256(base64.StdEncoding.EncodeToString(sum[:])).ToJWT()
	require.NoError(t, err)
	return token
}

// headOf returns what goes over the wire before the body.
func headOf(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.Path, r.URL.Host, r.ContentLength)
	err := r.Header.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes(), err
}

// signIn returns a browser in which the user is signed in.
func (s *server) signIn(user string) *http.Client {
	s.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s, err)
	b := &http.Client{Jar: jar, Timeout: waitLong, Transport: plain.Transport}
	a := s.send(b, http.MethodGet, "/api/v1.0/authenticate/?login_hint="+user+"&returnTo=/api/v1.0/users/me/", "")
	require.Equal(s, http.StatusOK, a.status, a.body)
	require.Contains(s, a.body, user+"@example.org")
	return b
}

// create creates a room and returns its id.
func (s *server) create(b *http.Client, name string) string {
	s.Helper()
	a := s.post(b, "/api/v1.0/rooms/", fmt.Sprintf(`{"name":%q}`, name))
	require.Equal(s, http.StatusCreated, a.status, a.body)
	var room struct{ ID string }
	require.NoError(s, json.Unmarshal([]byte(a.body), &room))
	return room.ID
}

// post sends JSON as the browser's account, with its CSRF token.
func (s *server) post(b *http.Client, path, body string) answer {
	s.Helper()
	u, err := url.Parse(s.url)
	require.NoError(s, err)
	header := []string{"Content-Type", "application/json"}
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "csrftoken" {
			header = append(header, "X-CSRFToken", c.Value)
		}
	}
	return s.send(b, http.MethodPost, path, body, header...)
}

// subtitles requests subtitles with this token.
func (s *server) subtitles(token string) answer {
	s.Helper()
	return s.send(plain, http.MethodPost, subtitlePath, "", "Authorization", "Bearer "+token)
}

// token returns the media server token that an anonymous visitor of the room gets.
func (s *server) token(slug string) string {
	s.Helper()
	a := s.get("/api/v1.0/rooms/" + slug + "/")
	var room struct{ LiveKit struct{ Token string } }
	require.NoError(s, json.Unmarshal([]byte(a.body), &room), a.body)
	require.NotEmpty(s, room.LiveKit.Token, a.body)
	return room.LiveKit.Token
}

package coretest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// Browser is an HTTP client with cookies. It records what it sees that must not be
// logged.
type Browser struct {
	*http.Client
	House *House
}

// Object is a JSON object.
type Object = map[string]any

// Anonymous returns a browser that has no cookies yet.
func (h *House) Anonymous() *Browser {
	jar, err := cookiejar.New(nil)
	require.NoError(h, err)
	transport := &http.Transport{}
	h.Cleanup(transport.CloseIdleConnections)
	return &Browser{House: h, Client: &http.Client{Jar: jar, Timeout: 4 * Slow, Transport: &watched{transport, h}}}
}

// SignIn signs in through the provider.
func (h *House) SignIn(user string) *Browser {
	h.Helper()
	b := h.Anonymous()
	a := b.Get("/api/v1.0/authenticate/?login_hint=" + user + "&returnTo=/api/v1.0/users/me/")
	require.Equal(h, http.StatusOK, a.Status, a.Body)
	require.Equal(h, user+"@example.org", a.JSON()["email"])
	return b
}

// watched records the cookies, codes and states that pass, and checks answers against
// the API document.
type watched struct {
	next http.RoundTripper
	h    *House
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"code", "state", "nonce"} {
		w.h.Logs.KeepOut(r.URL.Query().Get(name))
	}
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range resp.Cookies() {
		w.h.Logs.KeepOut(c.Value)
	}
	return resp, w.h.hold(resp)
}

// Answer is a response whose body has been read.
type Answer struct {
	House  *House
	Status int
	Header http.Header
	Body   string
}

// JSON returns the body, which must be an object.
func (a Answer) JSON() Object {
	a.House.Helper()
	var o Object
	require.NoError(a.House, json.Unmarshal([]byte(a.Body), &o), a.Body)
	return o
}

// LiveKit returns the livekit entry of a room object; nil if there is none.
func (a Answer) LiveKit() Object {
	a.House.Helper()
	entry, _ := a.JSON()["livekit"].(Object)
	return entry
}

// Token returns the room object's token.
func (a Answer) Token() string {
	a.House.Helper()
	token, _ := a.LiveKit()["token"].(string)
	require.NotEmpty(a.House, token, a.Body)
	return token
}

// Claims returns the verified claims of the room object's token.
func (a Answer) Claims() Object {
	a.House.Helper()
	token := a.Token()
	_, err := livekit.NewVerifier(MediaKey, conf.NewSecret(MediaSecret)).Verify(token)
	require.NoError(a.House, err)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(a.House, err)
	var claims Object
	require.NoError(a.House, json.Unmarshal(payload, &claims))
	return claims
}

// Is requires the status and the whole body.
func (a Answer) Is(status int, body string) {
	a.House.Helper()
	require.Equal(a.House, status, a.Status, a.Body)
	require.Equal(a.House, body, a.Body)
}

// Get is Send without a body.
func (b *Browser) Get(path string, header ...string) Answer {
	b.House.Helper()
	return b.Send(http.MethodGet, path, nil, header...)
}

// Send sends body, encoded as JSON unless it is text, with the CSRF token as the
// frontend does. header alternates names and values; an empty value removes a header.
func (b *Browser) Send(method, path string, body any, header ...string) Answer {
	b.House.Helper()
	var content io.Reader
	switch x := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(x)
	default:
		encoded, err := json.Marshal(x)
		require.NoError(b.House, err)
		content = strings.NewReader(string(encoded))
	}
	req, err := http.NewRequestWithContext(b.House.Context(), method, b.House.URL+path, content)
	require.NoError(b.House, err)
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token := b.Cookie("csrftoken"); token != "" {
		req.Header.Set("X-CSRFToken", token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := Do(b.Client, req)
	require.NoError(b.House, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.House, err)
	a := Answer{b.House, resp.StatusCode, resp.Header, string(text)}
	b.House.Logs.KeepOutTokens(a.Body)
	return a
}

// Do repeats a request that was refused while its body was still being sent: the server
// closes the connection a while after its answer, and a client that reads late sees that
// first.
func Do(c *http.Client, req *http.Request) (*http.Response, error) {
	for tries := 0; ; tries++ {
		resp, err := c.Do(req)
		cut := errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
		if !cut || tries == 5 || req.GetBody == nil {
			return resp, err
		}
		if req.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
}

// Cookie returns the value of a cookie for the house; "" if there is none.
func (b *Browser) Cookie(name string) string {
	u, err := url.Parse(b.House.URL)
	require.NoError(b.House, err)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// Create creates a room and returns its object.
func (b *Browser) Create(fields Object) Object {
	b.House.Helper()
	a := b.Send(http.MethodPost, "/api/v1.0/rooms/", fields)
	require.Equal(b.House, http.StatusCreated, a.Status, a.Body)
	return a.JSON()
}

// SameName returns headers with several cookies of one name, as browsers send them when
// a parent domain has set some too; their order cannot be relied on (RFC 6265 5.4).
func SameName(name, ours string) map[string]string {
	with := func(values ...string) string { return strings.Join(values, "; "+name+"=") }
	alike := strings.Repeat("a", len(ours)) // in the form of ours
	return map[string]string{
		"alone": ours, "first": with(ours, "theirs"), "last": with("theirs", ours), "between": with("theirs", ours, "theirs"),
		"after an empty one": with("", ours), "after one of its form": with(alike, ours), "before one of its form": with(ours, alike),
		"after a longer one": with(strings.Repeat("x", 4000), ours), "twice": with(ours, ours),
	}
}

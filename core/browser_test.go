package core_test

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

// browser is an HTTP client with cookies. It records what it sees that must not be
// logged.
type browser struct {
	*http.Client
	h *house
}

// object is a JSON object.
type object = map[string]any

func (h *house) anonymous() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(h, err)
	transport := &http.Transport{}
	h.Cleanup(transport.CloseIdleConnections)
	return &browser{h: h, Client: &http.Client{Jar: jar, Timeout: 4 * slow, Transport: &watched{transport, h}}}
}

// signIn signs in through the provider.
func (h *house) signIn(user string) *browser {
	h.Helper()
	b := h.anonymous()
	a := b.get("/api/v1.0/authenticate/?login_hint=" + user + "&returnTo=/api/v1.0/users/me/")
	require.Equal(h, http.StatusOK, a.status, a.body)
	require.Equal(h, user+"@example.org", a.json()["email"])
	return b
}

// watched records the cookies, codes and states that pass, and checks answers against
// the API document.
type watched struct {
	next http.RoundTripper
	h    *house
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"code", "state", "nonce"} {
		w.h.logs.keepOut(r.URL.Query().Get(name))
	}
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range resp.Cookies() {
		w.h.logs.keepOut(c.Value)
	}
	return resp, w.h.hold(resp)
}

// answer is a response whose body has been read.
type answer struct {
	h      *house
	status int
	header http.Header
	body   string
}

func (a answer) json() object {
	a.h.Helper()
	var o object
	require.NoError(a.h, json.Unmarshal([]byte(a.body), &o), a.body)
	return o
}

// livekit returns the livekit entry of a room object; nil if there is none.
func (a answer) livekit() object {
	a.h.Helper()
	entry, _ := a.json()["livekit"].(object)
	return entry
}

// token returns the room object's token.
func (a answer) token() string {
	a.h.Helper()
	token, _ := a.livekit()["token"].(string)
	require.NotEmpty(a.h, token, a.body)
	return token
}

// claims returns the verified claims of the room object's token.
func (a answer) claims() object {
	a.h.Helper()
	token := a.token()
	_, err := livekit.NewVerifier(mediaKey, conf.NewSecret(mediaSecret)).Verify(token)
	require.NoError(a.h, err)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(a.h, err)
	var claims object
	require.NoError(a.h, json.Unmarshal(payload, &claims))
	return claims
}

func (a answer) is(status int, body string) {
	a.h.Helper()
	require.Equal(a.h, status, a.status, a.body)
	require.Equal(a.h, body, a.body)
}

func (b *browser) get(path string, header ...string) answer {
	b.h.Helper()
	return b.send(http.MethodGet, path, nil, header...)
}

// send sends body, encoded as JSON unless it is text, with the CSRF token as the
// frontend does. header alternates names and values; an empty value removes a header.
func (b *browser) send(method, path string, body any, header ...string) answer {
	b.h.Helper()
	var content io.Reader
	switch x := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(x)
	default:
		encoded, err := json.Marshal(x)
		require.NoError(b.h, err)
		content = strings.NewReader(string(encoded))
	}
	req, err := http.NewRequestWithContext(b.h.Context(), method, b.h.url+path, content)
	require.NoError(b.h, err)
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token := b.cookie("csrftoken"); token != "" {
		req.Header.Set("X-CSRFToken", token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := do(b.Client, req)
	require.NoError(b.h, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.h, err)
	a := answer{b.h, resp.StatusCode, resp.Header, string(text)}
	b.h.logs.keepOutTokens(a.body)
	return a
}

// do repeats a request that was refused while its body was still being sent: the server
// closes the connection a while after its answer, and a client that reads late sees that
// first.
func do(c *http.Client, req *http.Request) (*http.Response, error) {
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

func (b *browser) cookie(name string) string {
	u, err := url.Parse(b.h.url)
	require.NoError(b.h, err)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// create creates a room and returns its object.
func (b *browser) create(fields object) object {
	b.h.Helper()
	a := b.send(http.MethodPost, "/api/v1.0/rooms/", fields)
	require.Equal(b.h, http.StatusCreated, a.status, a.body)
	return a.json()
}

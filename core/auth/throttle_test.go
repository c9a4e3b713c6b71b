package auth_test

import (
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

func TestSignIn_is_throttled_by_address(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.Throttles.SignIn, c.HTTP.TrustedProxies = "3/day", []string{"127.0.0.1/32"}
	})
	from := func(address, path string) coretest.Answer {
		b := h.Anonymous()
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		b.Jar, _ = cookiejar.New(nil) // a browser that starts afresh has no cookies
		return b.Get(path, "X-Forwarded-For", address)
	}
	const start, back = "/api/v1.0/authenticate/?login_hint=ada", "/api/v1.0/callback/?code=a&state=b"
	for range 3 {
		require.Equal(t, http.StatusFound, from("192.0.2.1", start).Status)
	}
	for range 2 {
		a := from("192.0.2.1", start)
		require.Equal(t, http.StatusTooManyRequests, a.Status)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
		require.Empty(t, a.Header.Values("Set-Cookie"))
	}
	for range 3 {
		require.Equal(t, http.StatusFound, from("192.0.2.1", back).Status, "who started comes back")
	}
	require.Equal(t, http.StatusTooManyRequests, from("192.0.2.1", back).Status)
	require.Equal(t, http.StatusFound, from("192.0.2.2", start).Status, "others are not held up")
	for i, status := range []int{302, 302, 302, 429} {
		require.Equal(t, status, from("2001:db8::"+string(rune('1'+i)), start).Status, "one network is one address")
	}
}

package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/internal/dev/oidcdev"
)

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// masked returns the 64-character form of a token.
func masked(token, mask string) string {
	out := mask
	for i := range len(token) {
		sum := strings.IndexByte(alphabet, token[i]) + strings.IndexByte(alphabet, mask[i])
		out += string(alphabet[sum%len(alphabet)])
	}
	return out
}

func TestCSRF_reasons_in_order(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.HTTP.CSRFTrusted = []string{"https://app.example.org", "https://*.example.net", "http://localhost:3000"}
	})
	b := w.browser()
	b.login("ada", "")
	session, token := b.cookieValue("sessionid"), b.cookieValue("csrftoken")
	host := strings.TrimPrefix(w.url, "http://")
	other := strings.Repeat("x", 32)
	mask := strings.Repeat("aZ09", 8)
	const noMatch = " does not match any trusted origins."
	for name, c := range map[string]struct {
		cookie, header, origin, referer, scheme string
		reason                                  string // "" = admitted
	}{
		"good":                   {cookie: token, header: token},
		"good, masked header":    {cookie: token, header: masked(token, mask)},
		"good, masked cookie":    {cookie: masked(token, mask), header: token},
		"no cookie":              {header: token, reason: "CSRF cookie not set."},
		"no header":              {cookie: token, reason: "CSRF token missing."},
		"another token":          {cookie: token, header: other, reason: "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"another masked token":   {cookie: token, header: masked(other, mask), reason: "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"short":                  {cookie: token, header: "abc", reason: "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length."},
		"odd characters":         {cookie: token, header: strings.Repeat("-", 32), reason: "CSRF token from the 'X-Csrftoken' HTTP header has invalid characters."},
		"malformed cookie":       {cookie: "abc", header: "abc", reason: "CSRF cookie has incorrect length."},
		"theirs first":           {cookie: other + "; csrftoken=" + token, header: token},
		"theirs last":            {cookie: token + "; csrftoken=" + other, header: token},
		"theirs in the header":   {cookie: token + "; csrftoken=" + other, header: other},
		"masked, theirs first":   {cookie: other + "; csrftoken=" + masked(token, mask), header: masked(token, mask)},
		"malformed one first":    {cookie: "abc; csrftoken=" + token, header: token},
		"malformed one last":     {cookie: token + "; csrftoken=" + strings.Repeat("-", 32), header: token},
		"empty one first":        {cookie: "; csrftoken=" + token, header: token},
		"equal to none of two":   {cookie: other + "; csrftoken=" + token, header: strings.Repeat("y", 32), reason: "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"two malformed ones":     {cookie: "abc; csrftoken=" + strings.Repeat("-", 32), header: "abc", reason: "CSRF cookie has incorrect length."},
		"malformed one, copied":  {cookie: "abc; csrftoken=" + token, header: "abc", reason: "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length."},
		"own origin":             {cookie: token, header: token, origin: w.url},
		"own origin, other case": {cookie: token, header: token, origin: strings.ToUpper(w.url)},
		"trusted origin":         {cookie: token, header: token, origin: "https://app.example.org"},
		"trusted, default port":  {cookie: token, header: token, origin: "https://app.example.org:443"},
		"trusted sub-domain":     {cookie: token, header: token, origin: "https://a.b.example.net"},
		"trusted by port":        {cookie: token, header: token, origin: "http://localhost:3000"},
		"another port":           {cookie: token, header: token, origin: "http://localhost:3001", reason: "Origin checking failed - http://localhost:3001" + noMatch},
		"another scheme":         {cookie: token, header: token, origin: "http://app.example.org", reason: "Origin checking failed - http://app.example.org" + noMatch},
		"look-alike":             {cookie: token, header: token, origin: "https://badexample.net", reason: "Origin checking failed - https://badexample.net" + noMatch},
		"below an exact one":     {cookie: token, header: token, origin: "https://x.app.example.org", reason: "Origin checking failed - https://x.app.example.org" + noMatch},
		"null origin":            {cookie: token, header: token, origin: "null", reason: "Origin checking failed - null" + noMatch},
		"userinfo trick":         {cookie: token, header: token, origin: "https://app.example.org@attacker.example", reason: "Origin checking failed - https://attacker.example" + noMatch},
		"origin before cookie":   {origin: "https://attacker.example", reason: "Origin checking failed - https://attacker.example" + noMatch},
		"own host as http":       {cookie: token, header: token, origin: "http://" + host, scheme: "https", reason: "Origin checking failed - http://" + host + noMatch},
		"own host as https":      {cookie: token, header: token, origin: "https://" + host, scheme: "https"},
		"https, no referer":      {cookie: token, header: token, scheme: "https", reason: "Referer checking failed - no Referer."},
		"https, own referer":     {cookie: token, header: token, scheme: "https", referer: "https://" + host + "/room?x=1"},
		"https, trusted referer": {cookie: token, header: token, scheme: "https", referer: "https://app.example.org/x"},
		"https, plain referer":   {cookie: token, header: token, scheme: "https", referer: "http://" + host + "/", reason: "Referer checking failed - http://" + host + "/" + noMatch},
		"https, other referer":   {cookie: token, header: token, scheme: "https", referer: "https://attacker.example/p?secret=1", reason: "Referer checking failed - https://attacker.example/p" + noMatch},
		"https, no URL":          {cookie: token, header: token, scheme: "https", referer: "nonsense", reason: "Referer checking failed - nonsense" + noMatch},
		"http, other referer":    {cookie: token, header: token, referer: "https://attacker.example/"},
	} {
		t.Run(name, func(t *testing.T) {
			cookies := "sessionid=" + session
			if c.cookie != "" {
				cookies += "; csrftoken=" + c.cookie
			}
			headers := []string{"Cookie", cookies}
			for _, h := range [][2]string{{"X-CSRFToken", c.header}, {"Origin", c.origin}, {"Referer", c.referer}, {"X-Test-Scheme", c.scheme}} {
				if h[1] != "" {
					headers = append(headers, h[0], h[1])
				}
			}
			for _, path := range []string{"/me/", "/optional/"} {
				a := w.browser().do("POST", path, headers...)
				if c.reason == "" {
					require.Equal(t, http.StatusOK, a.StatusCode, a.body)
					continue
				}
				require.Equal(t, http.StatusForbidden, a.StatusCode)
				var body map[string]string
				require.NoError(t, json.Unmarshal([]byte(a.body), &body))
				require.Equal(t, map[string]string{"detail": "CSRF Failed: " + c.reason}, body)
			}
		})
	}
}

func TestCSRF_public_url_is_an_own_origin_and_decides_https(t *testing.T) {
	st := sqlite(t)
	b := newWorld(t, st, nil).browser()
	b.login("ada", "")
	session, token := b.cookieValue("sessionid"), b.cookieValue("csrftoken")
	w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.HTTP.PublicURL = "https://meet.example.org" })
	cookies := []string{"Cookie", "sessionid=" + session + "; csrftoken=" + token, "X-CSRFToken", token}
	require.Equal(t, http.StatusOK, w.browser().do("POST", "/me/", append(cookies, "Origin", "https://meet.example.org")...).StatusCode)
	require.Equal(t, http.StatusOK, w.browser().do("POST", "/me/", append(cookies, "Referer", "https://meet.example.org/x")...).StatusCode)
	a := w.browser().do("POST", "/me/", cookies...)
	require.JSONEq(t, `{"detail":"CSRF Failed: Referer checking failed - no Referer."}`, a.body)
}

func TestCSRF_is_not_asked_of_safe_anonymous_or_token_calls(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	require.Equal(t, http.StatusOK, b.do("POST", "/optional/", "Origin", "https://attacker.example").StatusCode)
	b.login("ada", "")
	require.Equal(t, http.StatusOK, b.get("/me/", "Origin", "https://attacker.example").StatusCode)
	require.Equal(t, http.StatusOK, b.do("POST", "/own/").StatusCode)
}

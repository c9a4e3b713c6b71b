package auth

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
)

var hosts = []string{"meet.example.org", "App.example.org:8443"}

func TestSafeReturn(t *testing.T) {
	for raw, want := range map[string][2]bool{ // without and with https required
		"/":                              {true, true},
		"/room":                          {true, true},
		"/room?x=//attacker.example#a":   {true, true},
		"/a//b":                          {true, true},
		"/é":                             {true, true},
		"/%5Cattacker.example":           {true, true},
		"/?next=http://attacker.example": {true, true},
		"https://meet.example.org":       {true, true},
		"https://MEET.example.org/room":  {true, true},
		"http://meet.example.org/room":   {true, false},
		"HTTP://meet.example.org/room":   {true, false},
		"https://app.example.org:8443/":  {true, true},
		"https://app.example.org/":       {},
		"https://meet.example.org:443/":  {},
		"":                               {},
		"room":                           {},
		"?x":                             {},
		"//attacker.example":             {},
		"///attacker.example":            {},
		`/\attacker.example`:             {},
		`\/attacker.example`:             {},
		`\\attacker.example`:             {},
		"/\t/attacker.example":           {},
		"/\n/attacker.example":           {},
		"\x00/room":                      {},
		"/room\x7f":                      {},
		"/\u200b/attacker.example":       {},
		" /room":                         {},
		"/room\u3000":                    {},
		"javascript:alert(1)":            {},
		"JavaScript://meet.example.org/%0aalert(1)":    {},
		"data:text/html,x":                             {},
		"ftp://meet.example.org/":                      {},
		"https:meet.example.org":                       {},
		"https:/meet.example.org":                      {},
		"https:///meet.example.org":                    {},
		"https://meet.example.org@attacker.example/":   {},
		"https://user:pw@meet.example.org/":            {},
		"https://meet.example.org\\@attacker.example/": {},
		"https://attacker.example/#meet.example.org":   {},
		"https://attacker.example?meet.example.org":    {},
		"https://meet.example.org.attacker.example/":   {},
		"https://attackermeet.example.org/":            {},
		"https://[::1]/":                               {},
		"http://%zz/":                                  {},
		"/\xff":                                        {},
		"/" + strings.Repeat("x", 5000):                {},
	} {
		require.Equal(t, want[0], safeReturn(raw, hosts, false), "%q", raw)
		require.Equal(t, want[1], safeReturn(raw, hosts, true), "%q with https", raw)
	}
}

func FuzzSafeReturn(f *testing.F) {
	for _, s := range []string{"/room", "//x", `/\x`, "https://meet.example.org/x", "https://a@meet.example.org", "/\t/x", "http:x"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://meet.example.org/api/v1.0/callback/")
	f.Fuzz(func(t *testing.T, raw string) {
		if !safeReturn(raw, hosts, true) {
			return
		}
		// What a browser does before it parses, and where it then goes.
		cleaned := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(headerURL(raw)))
		u, err := base.Parse(cleaned)
		require.NoError(t, err, "%q", raw)
		require.Equal(t, "https", strings.ToLower(u.Scheme), "%q", raw)
		require.Contains(t, []string{"meet.example.org", "app.example.org:8443"}, strings.ToLower(u.Host), "%q", raw)
		require.Nil(t, u.User)
	})
}

func FuzzUnmask(f *testing.F) {
	f.Add(strings.Repeat("a", 32), strings.Repeat("b", 64))
	f.Add("", "é")
	f.Fuzz(func(t *testing.T, secret, mask string) {
		got, err := unmask(secret)
		if err != nil {
			require.Empty(t, got)
			return
		}
		require.Len(t, got, csrfLength)
		if len(secret) != csrfLength || len(mask) != csrfLength {
			return
		}
		out := mask
		for i := range len(secret) {
			m := strings.IndexByte(alphabet, mask[i])
			if m < 0 {
				return
			}
			out += string(alphabet[(strings.IndexByte(alphabet, secret[i])+m)%len(alphabet)])
		}
		again, err := unmask(out)
		require.NoError(t, err)
		require.Equal(t, secret, again)
	})
}

func FuzzBearer(f *testing.F) {
	for _, s := range []string{"Bearer x", "bearer", "Bearer a b", " Bearer\tx ", "Basic x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, ok := tokenOf(header)
		require.Equal(t, ok, token != "")
		if ok {
			require.Len(t, strings.Fields(header), 2)
			require.True(t, strings.EqualFold(strings.Fields(header)[0], "bearer"))
		}
	})
}

func FuzzOrigin(f *testing.F) {
	for _, s := range []string{"https://a.example", "null", "http://a@b", "https://*.x", "http://[::1]:80"} {
		f.Add(s)
	}
	trusted, err := parseTrusted([]string{"https://app.example.org", "https://*.example.net"})
	if err != nil {
		f.Fatal(err)
	}
	below := regexp.MustCompile(`^https://(app\.example\.org|(.*\.)?example\.net)$`)
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := originOf(raw)
		if err != nil {
			return
		}
		if trusted.has(o) {
			require.Regexp(t, below, o)
		}
		u, err := url.Parse(o)
		require.NoError(t, err)
		require.NotEmpty(t, u.Host)
	})
}

func TestText_is_random_and_headers_are_plain(t *testing.T) {
	require.Len(t, randomText(32), 32)
	require.NotEqual(t, randomText(32), randomText(32))
	require.Regexp(t, `^[A-Za-z0-9]{500}$`, randomText(500))
	require.Equal(t, "/a%20b%C3%A9%0D%0A", headerURL("/a b\u00e9\r\n"))
}

func FuzzSessionCookie(f *testing.F) {
	for _, s := range []string{"sessionid=" + strings.Repeat("a", 43), "sessionid=x", "a=b; sessionid=\"q\"", ";;=", "sessionid"} {
		f.Add(s)
	}
	s := &sessions{name: "sessionid"}
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Cookie": {header}}}
		tokens := s.presented(r)
		require.LessOrEqual(t, len(tokens), len(header)/43)
		require.Len(t, tokens, len(slices.Compact(slices.Sorted(slices.Values(tokens)))), "none is looked up twice")
		for _, token := range tokens {
			require.Regexp(t, `^[A-Za-z0-9_-]{43}$`, token)
			require.Contains(t, header, token)
		}
	})
}

func TestSeal_opens_only_what_it_closed(t *testing.T) {
	one, err := newSeal(conf.NewSecret("one"), "a")
	require.NoError(t, err)
	closed := one.close([]byte("data"), "here")
	got, ok := one.open(closed, "here")
	require.True(t, ok)
	require.Equal(t, "data", string(got))
	require.NotEqual(t, closed, one.close([]byte("data"), "here"))
	_, ok = one.open(closed, "there")
	require.False(t, ok)
	for key, purpose := range map[string]string{"two": "a", "one": "b"} {
		other, err := newSeal(conf.NewSecret(key), purpose)
		require.NoError(t, err)
		_, ok = other.open(closed, "here")
		require.False(t, ok)
	}
	for i := range closed {
		bad := slices.Clone(closed)
		bad[i] ^= 1
		_, ok = one.open(bad, "here")
		require.False(t, ok, "byte %d", i)
		_, ok = one.open(closed[:i], "here")
		require.False(t, ok, "cut at %d", i)
	}
}

func TestAuthorization_that_comes_twice_shows_no_token(t *testing.T) {
	for name, x := range map[string]struct {
		headers []string
		token   string
	}{
		"once":              {[]string{"Bearer a"}, "a"},
		"twice":             {[]string{"Bearer a", "Bearer b"}, ""},
		"twice the same":    {[]string{"Bearer a", "Bearer a"}, ""},
		"another way first": {[]string{"Basic Og==", "Bearer a"}, ""},
		"never":             {nil, ""},
	} {
		token, ok := tokenOf(authorization(&http.Request{Header: http.Header{"Authorization": x.headers}}))
		require.Equal(t, x.token, token, name)
		require.Equal(t, x.token != "", ok, name)
	}
}

package httpx_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/module"
)

func panicking(http.ResponseWriter, *http.Request) { panic("boom") }

// seen returns what the handler of route saw.
func seen(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var m map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &m))
	return m
}

var open = core(route("GET", "/x/", module.Public, ""))

func TestForwarded_headers_are_believed_from_trusted_proxies_only(t *testing.T) {
	for name, x := range map[string]struct {
		peer, address, scheme string
		header                []string
	}{
		"stranger":        {"203.0.113.9:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "10.1.1.1", "X-Forwarded-Proto", "https", "X-Real-Ip", "10.1.1.1"}},
		"proxy":           {"10.0.0.1:1", "203.0.113.9", "https", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"}},
		"client lies":     {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "8.8.8.8, 203.0.113.9"}},
		"two proxies":     {"10.0.0.1:1", "203.0.113.9", "https", []string{"X-Forwarded-For", "203.0.113.9, 10.0.0.2", "X-Forwarded-Proto", "https, http"}},
		"two lines":       {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "8.8.8.8", "X-Forwarded-For", "203.0.113.9"}},
		"nonsense":        {"10.0.0.1:1", "10.0.0.1", "http", []string{"X-Forwarded-For", "unknown"}},
		"all proxies":     {"10.0.0.1:1", "10.0.0.3", "http", []string{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}},
		"nothing":         {"10.0.0.1:1", "10.0.0.1", "http", nil},
		"IPv4 in IPv6":    {"[::ffff:10.0.0.1]:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "203.0.113.9"}},
		"port":            {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "203.0.113.9:4711"}},
		"port, proxies":   {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "8.8.8.8:1, 203.0.113.9:4711, 10.0.0.2:80"}},
		"brackets":        {"10.0.0.1:1", "2001:db8::9", "http", []string{"X-Forwarded-For", "[2001:db8::9]"}},
		"IPv6 and port":   {"10.0.0.1:1", "2001:db8::9", "http", []string{"X-Forwarded-For", "[2001:DB8:0::9]:4711"}},
		"plain IPv6":      {"10.0.0.1:1", "2001:db8::9", "http", []string{"X-Forwarded-For", "2001:db8::9"}},
		"quoted":          {"10.0.0.1:1", "2001:db8::9", "http", []string{"X-Forwarded-For", `"[2001:db8::9]:4711"`}},
		"mapped":          {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "[::ffff:203.0.113.9]:4711"}},
		"mapped proxy":    {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "203.0.113.9, ::ffff:10.0.0.2"}},
		"zone":            {"10.0.0.1:1", "fe80::9", "http", []string{"X-Forwarded-For", "fe80::9%eth0"}},
		"empty elements":  {"10.0.0.1:1", "203.0.113.9", "http", []string{"X-Forwarded-For", "203.0.113.9, , ", "X-Forwarded-For", ""}},
		"half brackets":   {"10.0.0.1:1", "10.0.0.1", "http", []string{"X-Forwarded-For", "[2001:db8::9"}},
		"bracketed IPv4":  {"10.0.0.1:1", "10.0.0.1", "http", []string{"X-Forwarded-For", "[203.0.113.9]"}},
		"port beyond":     {"10.0.0.1:1", "10.0.0.1", "http", []string{"X-Forwarded-For", "203.0.113.9:70000"}},
		"nonsense before": {"10.0.0.1:1", "10.0.0.2", "http", []string{"X-Forwarded-For", "203.0.113.9, _hidden:1, 10.0.0.2:5"}},
		"IPv6 stranger":   {"[2001:db8::7]:1", "2001:db8::7", "http", []string{"X-Forwarded-For", "203.0.113.9"}},
		"real ip ignored": {"10.0.0.1:1", "10.0.0.1", "http", []string{"X-Real-Ip", "203.0.113.9", "Forwarded", "for=203.0.113.9"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, config.HTTP{TrustedProxies: []string{"10.0.0.0/8"}}, open)
			got := seen(t, h.ask("GET", "/x/", append(x.header, "From", x.peer)...))
			require.Equal(t, x.address, got["address"])
			require.Equal(t, x.scheme, got["scheme"])
			require.Equal(t, "meet.example.org", got["host"])
		})
	}
	_, err := httpx.Build(httpx.Options{HTTP: config.HTTP{TrustedProxies: []string{"ten"}}})
	require.ErrorContains(t, err, "http.trusted_proxies")
}

// Host, URL and origin all give the same address.
func TestPublic_address_wins_over_what_requests_say(t *testing.T) {
	for name, x := range map[string]struct {
		cfg          config.HTTP
		origin       string
		isConfigured bool
		header       []string
	}{
		"as called":        {config.HTTP{}, "http://meet.example.org", false, nil},
		"foreign":          {config.HTTP{}, "http://evil.example:81", false, []string{"Host", "evil.example:81"}},
		"proxy says https": {config.HTTP{TrustedProxies: []string{"192.0.2.1"}}, "https://meet.example.org", false, []string{"X-Forwarded-Proto", "https"}},
		"public":           {config.HTTP{PublicURL: "https://public.example.org:8443"}, "https://public.example.org:8443", true, nil},
		"public, foreign": {config.HTTP{PublicURL: "https://public.example.org"}, "https://public.example.org", true,
			[]string{"Host", "evil.example", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "http"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := seen(t, build(t, x.cfg, open).ask("GET", "/x/", x.header...))
			require.Equal(t, x.origin, got["origin"])
			require.Equal(t, x.isConfigured, got["configured"])
			require.Equal(t, x.origin, got["scheme"].(string)+"://"+got["host"].(string))
			require.Equal(t, got["host"], got["called"])
		})
	}
	w := build(t, config.HTTP{PublicURL: "https://public.example.org", RedirectHTTPS: true}, open).ask("GET", "/x/?a=1", "Host", "10.1.1.1:8080")
	require.Equal(t, "https://public.example.org/x/?a=1", w.Header().Get("Location"))
}

func TestInternal_headers_of_clients_are_stripped(t *testing.T) {
	h := build(t, config.HTTP{}, open)
	got := seen(t, h.ask("GET", "/x/", "X-Foyer-Caller", `{"user_id":"x"}`, "x-foyer-token", "y"))
	require.Empty(t, got["internal"])
}

func TestEvery_answer_carries_the_standing_headers(t *testing.T) {
	h := build(t, config.HTTP{}, open)
	for _, path := range []string{"/x/", "/unknown/"} {
		got := h.ask("GET", path).Header()
		for k, v := range map[string]string{
			"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Vary": "origin, Accept-Language, Cookie", "Content-Language": "en-us",
			"Content-Type": "application/json", "Strict-Transport-Security": "", "Cache-Control": "no-store",
		} {
			require.Equal(t, v, got.Get(k), k)
		}
	}
}

func TestHost_must_be_allowed(t *testing.T) {
	h := build(t, config.HTTP{AllowedHosts: []string{"Meet.example.org.", ".example.com", "[2001:db8::1]", "2001:DB8::2", "my_service"}}, open)
	for host, status := range map[string]int{
		"meet.example.org": 200, "MEET.example.org:8080": 200, "meet.example.org.": 200, "example.com": 200, "a.b.example.com": 200,
		"[2001:db8::1]": 200, "[2001:DB8:0::1]:8080": 200, "[2001:db8::2]:1": 200, "my_service:8000": 200,
		"[2001:db8::3]": 400, "2001:db8::1": 400, "[2001:db8::1": 400, "[meet.example.org]": 400, "meet.example.org:": 200,
		"meet.example.org:8080:1": 400, "meet.example.org:x": 400, "meet.example.org@evil.org": 400, "evil.org": 400, "xexample.com": 400, "meet.example.org.evil.org": 400, "": 400,
	} {
		require.Equal(t, status, h.ask("GET", "/x/", "Host", host).Code, host)
	}
	h = build(t, config.HTTP{}, open) // links are built from it
	for host, status := range map[string]int{
		"any.example.org": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "": 200,
		"a@b": 400, "a/b": 400, "a b": 400, "a?b": 400, "a:b": 400, "[::1]x": 400, "[::1%25eth0]": 400, "é": 400, "a,b": 400, "(a)": 400,
	} {
		require.Equal(t, status, h.ask("GET", "/x/", "Host", host).Code, host)
	}
}

func TestHost_does_not_matter_where_a_signature_does(t *testing.T) {
	hook := route("POST", "/hook/", module.Public, "")
	hook.AnyHost, hook.Flag = true, "hook"
	h := build(t, config.HTTP{AllowedHosts: []string{"meet.example.org"}, RedirectHTTPS: true},
		core(hook, route("GET", "/hook/", module.Public, ""), route("POST", "/x/", module.Public, "")))
	h.gates["hook"] = true
	for _, x := range []struct {
		method, path, host string
		status             int
	}{
		{"POST", "/hook/", "gateway:8080", 200}, {"POST", "/hook", "10.0.0.3:8080", 200}, {"POST", "/hook/", "a@b", 200},
		{"POST", "/hook/", "meet.example.org", 200},
		{"GET", "/hook/", "gateway:8080", 400}, {"PUT", "/hook/", "gateway:8080", 400}, {"POST", "/hook/more/", "gateway:8080", 400},
		{"POST", "/x/", "gateway:8080", 400}, {"POST", "/x/", "meet.example.org", 301}, {"GET", "/hook/", "meet.example.org", 301},
	} {
		require.Equal(t, x.status, h.ask(x.method, x.path, "Host", x.host).Code, x)
	}
	h.gates["hook"] = false
	for _, host := range []string{"gateway:8080", "meet.example.org"} {
		off, unknown := h.ask("POST", "/hook/", "Host", host), h.ask("POST", "/unknown/", "Host", host)
		require.Equal(t, unknown.Code, off.Code, "what is off shows by nothing")
		require.Equal(t, unknown.Body.String(), off.Body.String())
	}
}

func TestHost_that_is_refused_is_told(t *testing.T) {
	h := build(t, config.HTTP{AllowedHosts: []string{"meet.example.org"}}, open)
	warnings := func() (hosts []string) {
		for _, line := range strings.Split(h.logs.String(), "\n") {
			var l struct{ Level, Host, Setting string }
			if json.Unmarshal([]byte(line), &l) == nil && l.Level == "WARN" {
				require.Equal(t, "http.allowed_hosts", l.Setting)
				hosts = append(hosts, l.Host)
			}
		}
		return hosts
	}
	for range 3 {
		h.ask("POST", "/x/", "Host", "Gateway:8080")
		h.ask("POST", "/x/", "Host", "a@b")
		h.ask("GET", "/x/", "Host", "meet.example.org")
		h.ask("GET", "/__heartbeat__", "Host", "10.0.0.1")
	}
	require.Equal(t, []string{"gateway"}, warnings(), "once, and nothing of what cannot be allowed")
	for i := range 1000 {
		h.ask("GET", "/x/", "Host", fmt.Sprintf("h%d.example.net", i))
	}
	require.Len(t, warnings(), 20, "strangers do not fill the log")
	h.ask("GET", "/x/", "Host", strings.Repeat("a", 300))
	require.NotContains(t, h.logs.String(), "aaa")
}

func TestPlain_http_is_redirected_and_https_made_lasting(t *testing.T) {
	h := build(t, config.HTTP{RedirectHTTPS: true, HSTS: time.Minute, HSTSSubdomains: true, TrustedProxies: []string{"10.0.0.1"}}, open)
	w := h.ask("POST", "/x/?a=1%202")
	require.Equal(t, 301, w.Code)
	require.Equal(t, "https://meet.example.org/x/?a=1%202", w.Header().Get("Location"))
	w = h.ask("GET", "/x/", "From", "10.0.0.1:9", "X-Forwarded-Proto", "https")
	require.Equal(t, 200, w.Code)
	require.Equal(t, "max-age=60; includeSubDomains; preload", w.Header().Get("Strict-Transport-Security"))
	require.Equal(t, 301, h.ask("GET", "/x/", "X-Forwarded-Proto", "https").Code, "a stranger cannot claim https")
}

func TestHTTPS_is_made_lasting_where_browsers_use_it(t *testing.T) {
	const header = "Strict-Transport-Security"
	for name, x := range map[string]struct {
		cfg  config.HTTP
		want string
	}{
		"public https":       {config.HTTP{PublicURL: "https://meet.example.org", HSTS: time.Hour}, "max-age=3600"},
		"and below":          {config.HTTP{PublicURL: "https://meet.example.org", HSTS: time.Hour, HSTSSubdomains: true}, "max-age=3600; includeSubDomains; preload"},
		"public http":        {config.HTTP{PublicURL: "http://meet.example.org", HSTS: time.Hour}, ""},
		"none, called plain": {config.HTTP{HSTS: time.Hour}, ""},
		"none":               {config.HTTP{PublicURL: "https://meet.example.org"}, ""},
	} {
		require.Equal(t, x.want, build(t, x.cfg, open).ask("GET", "/x/").Header().Get(header), name)
	}
}

// What may be stored says so itself.
func TestAnswers_are_not_stored_unless_their_handler_says_so(t *testing.T) {
	kept := handler("GET", "/kept/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		show(w, r)
	})
	h := build(t, config.HTTP{AllowedHosts: []string{"meet.example.org"}}, core(
		kept, route("GET", "/x/", module.Public, ""), route("GET", "/secret/", module.Session, ""), handler("GET", "/panic/", panicking)))
	require.Equal(t, []string{"max-age=60"}, h.ask("GET", "/kept/").Header()["Cache-Control"])
	for _, x := range [][]string{{"/x/"}, {"/secret/"}, {"/panic/"}, {"/unknown/"}, {"/x/", "Host", "evil.example"}} {
		require.Equal(t, []string{"no-store"}, h.ask("GET", x[0], x[1:]...).Header()["Cache-Control"], x)
	}
}

func TestCORS_echoes_allowed_origins_only(t *testing.T) {
	h := build(t, config.HTTP{CORSOrigins: []string{"https://a.example.org"}, CORSOriginRegexes: []string{`https://[a-z]+\.b\.example\.org$`}}, open)
	for origin, allowed := range map[string]bool{
		"https://a.example.org": true, "https://x.b.example.org": true,
		"https://a.example.org.evil.org": false, "http://a.example.org": false, "null": false, "evil https://x.b.example.org": false,
	} {
		w := h.ask("GET", "/x/", "Origin", origin)
		require.Equal(t, 200, w.Code)
		if !allowed {
			require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"), origin)
			require.Empty(t, w.Header().Get("Access-Control-Allow-Credentials"), origin)
			continue
		}
		require.Equal(t, origin, w.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "true", w.Header().Get("Access-Control-Allow-Credentials"))
	}
	w := h.ask("OPTIONS", "/x/", "Origin", "https://a.example.org", "Access-Control-Request-Method", "PUT")
	require.Equal(t, 200, w.Code)
	require.Empty(t, w.Body.String())
	require.Equal(t, "DELETE, GET, OPTIONS, PATCH, POST, PUT", w.Header().Get("Access-Control-Allow-Methods"))
	require.Equal(t, "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with", w.Header().Get("Access-Control-Allow-Headers"))
	require.Equal(t, "86400", w.Header().Get("Access-Control-Max-Age"))
	all := build(t, config.HTTP{CORSAllowAll: true}, open)
	require.Equal(t, "https://any.example.net", all.ask("GET", "/x/", "Origin", "https://any.example.net").Header().Get("Access-Control-Allow-Origin"))
	_, err := httpx.Build(httpx.Options{HTTP: config.HTTP{CORSOriginRegexes: []string{"("}}})
	require.ErrorContains(t, err, "allowed_origin_regexes")
}

func TestRequest_ids_are_taken_when_sane(t *testing.T) {
	h := build(t, config.HTTP{}, open)
	require.Equal(t, "0123-abc_DEF.9", h.ask("GET", "/x/", "X-Request-Id", "0123-abc_DEF.9").Header().Get("X-Request-Id"))
	for _, bad := range []string{"", "short", "with space in it", "a\tb-and-more", string(make([]byte, 300)), "<script>alert(1)</script>"} {
		got := h.ask("GET", "/unknown/", "X-Request-Id", bad).Header().Get("X-Request-Id")
		require.Len(t, got, 36, bad)
	}
}

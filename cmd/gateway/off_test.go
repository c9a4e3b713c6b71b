package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
	"foyer/sdk/module"
)

// nowhere is a path that does not exist.
const nowhere = "/api/v1.0/no-such-thing-anywhere/"

var param = regexp.MustCompile(`[:*][^/]+`)

// concretely fills in a path's parameters, with a room that exists.
func concretely(path string) string {
	return param.ReplaceAllString(strings.ReplaceAll(path, ":room", "one"), "6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11")
}

// switched lists environments by name, with the routes that exist in each.
var switched = map[string]struct {
	environ []string
	open    func(r module.Route, name string) bool
}{
	"all off": {nil, func(module.Route, string) bool { return false }},
	"all on, and the switches inside them off": {
		[]string{
			"RECORDING_ENABLE=true", "RECORDING_STORAGE_EVENT_ENABLE=false", "GATEWAY_MODULES__SUMMARY__ENABLED=true",
			"ROOM_SUBTITLE_ENABLED=true", "EXTERNAL_API_ENABLED=true", "APPLICATION_ENABLED=false", "GATEWAY_HTTP__API_DOCS=false",
		},
		func(r module.Route, _ string) bool { return r.Flag == "" },
	},
	"all off, and results of before still come": {
		[]string{"RECORDING_STORAGE_EVENT_ENABLE=true", "RECORDING_STORAGE_EVENT_TOKEN=t", "SUMMARY_SERVICE_WEBHOOK_API_TOKEN=t"},
		func(r module.Route, _ string) bool { return r.Apart },
	},
}

// A module's routes, while it is off, cannot be told from paths that never existed,
// whoever asks, by whatever method, in either form.
func TestOff_is_unknown(t *testing.T) {
	t.Parallel()
	for name, c := range switched {
		t.Run(name, func(t *testing.T) {
			people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
			s := serve(t, t.TempDir(), append(append([]string{
				"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
			}, withMedia...), c.environ...))
			ada := s.signIn("ada")
			s.create(ada, "One")
			walked := 0
			for _, m := range builtin() {
				for _, r := range m.Routes() {
					path := concretely(r.Path)
					if c.open(r, m.Name()) {
						require.NotEqual(t, s.asked(plain, r.Method, nowhere), s.asked(plain, r.Method, path), "%s %s is on", r.Method, r.Path)
						continue
					}
					walked++
					for _, method := range []string{
						http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
					} {
						for who, b := range map[string]*http.Client{"anonymous": plain, "ada": ada} {
							want := s.asked(b, method, nowhere)
							require.Equal(t, http.StatusNotFound, want.status)
							for _, form := range slashed(path) {
								require.Equal(t, want, s.asked(b, method, form), "%s %s, %s", method, form, who)
							}
							if own, other := capitals(path); own != path {
								require.Equal(t, s.asked(b, method, other), s.asked(b, method, own), "%s %s, %s", method, own, who)
							}
						}
					}
				}
			}
			require.NotZero(t, walked)
		})
	}
}

// slashed returns a path's two forms, and what some proxies make of them.
func slashed(path string) []string {
	bare := strings.TrimSuffix(path, "/")
	above, last := bare[:strings.LastIndex(bare, "/")], bare[strings.LastIndex(bare, "/")+1:]
	return []string{
		path, bare, bare + "%2F", bare + "%2f/", path + "%2F", path + "/", bare + "%2F%2F", bare + "%2Fx", above + "//" + last + "/",
		above + "/%2F" + last + "/", "/" + path,
	}
}

// capitals returns the path with its last segment in capitals, and one of the same
// length that never existed: that segment may stand for an identifier.
func capitals(path string) (own, other string) {
	bare := strings.TrimSuffix(path, "/")
	above, last := bare[:strings.LastIndex(bare, "/")+1], bare[strings.LastIndex(bare, "/")+1:]
	return above + strings.ToUpper(last) + "/", above + strings.Repeat("X", len(last)) + "/"
}

// asked sends a request from the browser's account, and removes from the answer whatever
// differs each time.
func (s *server) asked(b *http.Client, method, path string) answer {
	s.Helper()
	header := []string{"Content-Type", "application/json", "Accept", "text/html"}
	if b.Jar != nil {
		u, err := url.Parse(s.url)
		require.NoError(s, err)
		for _, c := range b.Jar.Cookies(u) {
			if c.Name == "csrftoken" {
				header = append(header, "X-CSRFToken", c.Value)
			}
		}
	}
	a := s.send(b, method, path, "", header...)
	for _, name := range []string{"Date", "X-Request-Id"} {
		a.header.Del(name)
	}
	return a
}

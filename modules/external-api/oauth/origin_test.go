package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
)

const foreign = "evil.example"

// placed starts the module in process and in its own process, on one database.
func placed(t *testing.T, lines string, change ...func(*moduletest.Case)) []*world {
	near := newWorld(t, lines, change...)
	far := *near
	far.Gateway = moduletest.Start(t, near.c, true)
	return []*world{near, &far}
}

func unnamed(c *moduletest.Case) { c.NoPublicURL = true }

// Otherwise a server that is given an assertion meant for it could use it here by
// sending its own name as Host.
func TestOrigin_of_an_assertion_is_configured_and_never_the_Host_of_a_request(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	const issuer = "https://issuer.example.org"
	for name, x := range map[string]struct {
		lines    string
		change   []func(*moduletest.Case)
		origin   func(w *world) string // the origin the assertion names
		accepted bool                  // as an audience
	}{
		"public_url": {"", nil, func(w *world) string { return w.URL }, true},
		"jwt_issuer": {"jwt_issuer: " + issuer + "\n", []func(*moduletest.Case){unnamed}, func(*world) string { return issuer }, true},
		"neither":    {"", []func(*moduletest.Case){unnamed}, func(w *world) string { return w.URL }, false},
	} {
		t.Run(name, func(t *testing.T) {
			both := placed(t, x.lines, x.change...)
			both[0].addKey(key)
			for place, w := range both {
				for _, host := range []string{"", foreign} {
					for _, path := range []string{tokenPath, tokenPath[:len(tokenPath)-1], "", "/"} {
						a := w.post(tokenPath, w.assertedFor(standard(), key, "http://"+foreign+path), "Host", host)
						require.Equal(t, 401, a.Status, "%d: for %s, called %q: %s", place, foreign+path, host, a.Body)
						a = w.post(tokenPath, w.assertedFor(standard(), key, x.origin(w)+path), "Host", host)
						require.Equal(t, x.accepted, a.Status == 200, "%d: called %q: %s", place, host, a.Body)
					}
				}
			}
		})
	}
}

func TestMetadata_names_the_same_origin_in_every_placement(t *testing.T) {
	for name, x := range map[string]struct {
		change []func(*moduletest.Case)
		host   string
		issuer string
	}{
		"public_url":        {nil, foreign, "http://HOST"},
		"as it was called":  {[]func(*moduletest.Case){unnamed}, "meet.example.org:81", "http://meet.example.org:81"},
		"and not otherwise": {[]func(*moduletest.Case){unnamed}, "", "http://HOST"},
	} {
		t.Run(name, func(t *testing.T) {
			for place, w := range placed(t, "", x.change...) {
				a := w.Send(t, moduletest.Request{Method: "GET", Path: metadataPath, Header: http.Header{"Host": {x.host}}})
				o := object(t, a)
				require.Equal(t, x.issuer, o["issuer"], place)
				require.Equal(t, x.issuer+tokenPath, o["token_endpoint"], place)
			}
		})
	}
}

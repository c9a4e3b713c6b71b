package oauthclient

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/conf"
	"foyer/sdk/signing"
)

// Client authentication methods, in the words of OpenID Connect Core 9.
const (
	Basic      = "client_secret_basic"
	Post       = "client_secret_post"
	PrivateKey = "private_key_jwt"
	None       = "none"
)

// Methods are all of them.
func Methods() []string { return []string{Basic, Post, PrivateKey, None} }

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionLife = time.Minute
)

// Identity is who we are to the server.
type Identity struct {
	ID     string
	Secret conf.Secret
	Keys   []signing.Private // the first one signs
}

// Way is one way of authenticating.
type Way struct {
	Method    string // Basic, Post, PrivateKey or None
	Audience  string // of PrivateKey: the audience of the assertion
	Algorithm string // of PrivateKey: one of the key's, "" = the usual one
}

// KeyWays are the variants of PrivateKey. Servers do not agree on the audience of
// an assertion: newer texts say the issuer, others the endpoint, and the issuer
// may be known with or without its trailing slash.
func KeyWays(issuer, endpoint, algorithm string) []Way {
	audiences := []string{issuer, endpoint}
	if bare, slashed := strings.CutSuffix(issuer, "/"); slashed {
		audiences = append(audiences, bare)
	} else if issuer != "" {
		audiences = append(audiences, issuer+"/")
	}
	var ways []Way
	for _, audience := range audiences {
		if audience != "" {
			ways = append(ways, Way{Method: PrivateKey, Audience: audience, Algorithm: algorithm})
		}
	}
	return ways
}

// Possible returns an error for a method that needs something the identity lacks.
func (i Identity) Possible(method string) error {
	switch {
	case !slices.Contains(Methods(), method):
		return fmt.Errorf("%q is not a way that is known here", method)
	case (method == Basic || method == Post) && i.Secret.IsZero():
		return fmt.Errorf("%s needs a secret", method)
	case method == PrivateKey && len(i.Keys) == 0:
		return fmt.Errorf("%s needs a key", method)
	}
	return nil
}

// prove authenticates a request in the given way. The header's parts are
// form-encoded before they are joined (RFC 6749 2.3.1).
func (i Identity) prove(w Way, form url.Values, header http.Header) error {
	if err := i.Possible(w.Method); err != nil {
		return err
	}
	switch w.Method {
	case Basic:
		r := http.Request{Header: header}
		r.SetBasicAuth(url.QueryEscape(i.ID), url.QueryEscape(i.Secret.Reveal()))
		return nil
	case Post:
		form.Set("client_secret", i.Secret.Reveal())
	case PrivateKey:
		assertion, err := i.assertion(w)
		if err != nil {
			return err
		}
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	}
	form.Set("client_id", i.ID)
	return nil
}

// assertion signs a statement of who we are (RFC 7523 2.2, 3).
func (i Identity) assertion(w Way) (string, error) {
	now := time.Now()
	return i.Keys[0].Sign(w.Algorithm, "JWT", jwt.MapClaims{
		"iss": i.ID, "sub": i.ID, "aud": w.Audience, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
}

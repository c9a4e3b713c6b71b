package bearer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/signing"
)

// Key verifies signatures made with one algorithm.
type Key struct {
	// ID is the kid a token must carry if it carries one; "" = any.
	ID string
	// Algorithm is the only algorithm the key is used with, such as HS256.
	Algorithm string
	// Value is a []byte for HS*, otherwise the public key type of crypto/*.
	Value any
}

// Rules are what JWTs of one kind must satisfy.
type Rules struct {
	// Keys are those the issuer signs with, or used to sign with; an empty secret
	// verifies nothing.
	Keys []Key
	// Issuer and Audience must be named by the token; an Issuer of "" is not
	// checked, an Audience of "" refuses tokens that have an audience.
	Issuer, Audience string
	// Types are the accepted typ headers; a missing one is always accepted.
	Types []string
	// Now is the clock, nil = time.Now.
	Now func() time.Time
}

// errDefer: not a token of this kind, so the next stage should look.
var errDefer = errors.New("not a token of this kind")

// claims are those of a verified token.
type claims map[string]any

// verifier checks the tokens of one kind.
type verifier struct {
	rules  Rules
	parser *jwt.Parser
}

func newVerifier(r Rules) verifier {
	if r.Now == nil {
		r.Now = time.Now
	}
	r.Keys = slices.DeleteFunc(slices.Clone(r.Keys), func(k Key) bool {
		secret, symmetric := k.Value.([]byte)
		return k.Value == nil || symmetric && len(secret) == 0 || strings.HasPrefix(k.Algorithm, "HS") != symmetric
	})
	algorithms := []string{}
	for _, k := range r.Keys {
		algorithms = append(algorithms, signing.Names(k.Algorithm)...)
	}
	return verifier{r, jwt.NewParser(jwt.WithValidMethods(algorithms), jwt.WithoutClaimsValidation(), jwt.WithJSONNumber())}
}

// verify checks signature, times, issuer and audience in that order
// (external-api.md 2.1). The error is errDefer or the answer to send.
func (v verifier) verify(token string) (claims, error) {
	found := jwt.MapClaims{}
	if _, err := v.parser.ParseWithClaims(token, found, v.keys); err != nil {
		return nil, fmt.Errorf("%w: %w", errDefer, err)
	}
	c := claims(found)
	if err := c.wellFormed(); err != nil {
		return nil, err
	}
	if err := c.timely(v.rules.Now()); err != nil {
		return nil, err
	}
	if err := c.issuedBy(v.rules.Issuer); err != nil {
		return nil, err
	}
	return c, c.meantFor(v.rules.Audience)
}

// keys returns those that may have signed t. The parser has checked its algorithm
// against all keys; each key only sees tokens of its own algorithm.
func (v verifier) keys(t *jwt.Token) (any, error) {
	if err := signing.Critical(t); err != nil {
		return nil, err
	}
	if typ, named := t.Header["typ"]; named && !v.accepts(typ) {
		return nil, errDefer
	}
	kid, _ := t.Header["kid"].(string)
	var set jwt.VerificationKeySet
	for _, k := range v.rules.Keys {
		if signing.Same(k.Algorithm, t.Method.Alg()) && (kid == "" || k.ID == "" || k.ID == kid) {
			set.Keys = append(set.Keys, k.Value)
		}
	}
	if len(set.Keys) == 0 {
		return nil, errDefer
	}
	return set, nil
}

// accepts compares a typ header as RFC 7515 4.1.9 does: ignoring case, with or
// without "application/".
func (v verifier) accepts(typ any) bool {
	text, ok := typ.(string)
	if !ok {
		return false
	}
	text = strings.TrimPrefix(strings.ToLower(text), "application/")
	return slices.ContainsFunc(v.rules.Types, func(t string) bool { return strings.EqualFold(t, text) })
}

// number reads a time; present reports whether the claim is there.
func (c claims) number(name string) (seconds float64, present, ok bool) {
	value, present := c[name]
	if !present {
		return 0, false, true
	}
	n, isNumber := value.(json.Number)
	if !isNumber {
		return 0, true, false
	}
	seconds, err := n.Float64()
	return seconds, true, err == nil
}

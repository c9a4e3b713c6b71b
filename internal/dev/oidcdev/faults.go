package oidcdev

import (
	"net/http"
	"net/url"
)

// Signature is how a token is signed.
type Signature int

// Ways to sign: with the key in the JWKS, with a key that only claims to be that one,
// with no key, and with the client secret (HS256).
const (
	GoodKey Signature = iota
	OtherKey
	NoKey
	SecretKey
)

// Faults are what the provider does wrong; the zero value is no faults.
type Faults struct {
	IDToken     func(claims map[string]any) // changes the claims of id tokens
	Sign        Signature                   // of id tokens, and of userinfo as a JWT
	NoIDToken   bool                        // leaves the id token out
	UserInfo    func(claims map[string]any) // changes the claims of userinfo
	UserInfoJWT bool                        // answers userinfo as application/jwt
	TokenStatus int                         // status of the token endpoint; 0 = the right one
	InfoStatus  int                         // status of the userinfo endpoint; 0 = the right one
	BeforeToken func()                      // runs before the token endpoint answers

	Metadata func(m map[string]any)                      // changes the discovery document
	Keys     func(keys []any) []any                      // changes the key set
	SignWith func(claims map[string]any) (string, error) // signs id tokens instead
	Refusal  map[string]any                              // body of an answer with TokenStatus; nil = the provider's own
	Refuse   string                                      // challenge of an answer with InfoStatus
}

// Misbehave sets the faults from now on.
func (p *Provider) Misbehave(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Request is a call that the provider received.
type Request struct {
	Path   string
	Query  url.Values
	Form   url.Values // from the body
	Header http.Header
}

// Requests returns the calls to a path so far, oldest first.
func (p *Provider) Requests(path string) []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Request
	for _, r := range p.seen {
		if r.Path == path {
			out = append(out, r)
		}
	}
	return out
}

// maxSeen bounds how many calls are remembered, for long-running demos.
const maxSeen = 1000

// misbehave records every call and applies the faults to its answer.
func (p *Provider) misbehave(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.mu.Lock()
		if len(p.seen) < maxSeen {
			p.seen = append(p.seen, Request{r.URL.Path, r.URL.Query(), r.PostForm, r.Header.Clone()})
		}
		f := p.faults
		p.mu.Unlock()
		switch r.URL.Path {
		case "/oauth/token":
			if f.BeforeToken != nil {
				f.BeforeToken()
			}
			p.change(w, r, next, refusal{f.TokenStatus, f.Refusal, ""}, func(m map[string]any) (string, []byte, error) {
				return p.changeToken(m, f)
			})
		case "/userinfo":
			p.change(w, r, next, refusal{f.InfoStatus, nil, f.Refuse}, func(m map[string]any) (string, []byte, error) {
				return p.changeUserInfo(m, f)
			})
		case "/.well-known/openid-configuration":
			p.change(w, r, next, refusal{}, func(m map[string]any) (string, []byte, error) { return p.changeMetadata(m, f) })
		case "/keys":
			p.change(w, r, next, refusal{}, func(m map[string]any) (string, []byte, error) { return changeKeys(m, f) })
		default:
			next.ServeHTTP(w, r)
		}
	})
}

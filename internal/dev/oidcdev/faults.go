package oidcdev

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	jose "github.com/go-jose/go-jose/v4"
)

// Signature is how a token is signed.
type Signature int

// The ways of signing: with the key of the JWKS, with a key that only claims to
// be it, with no key, and with the client secret (HS256).
const (
	GoodKey Signature = iota
	OtherKey
	NoKey
	SecretKey
)

// Faults are what the provider does wrong; the zero value is nothing.
type Faults struct {
	IDToken     func(claims map[string]any) // changes the claims of id tokens
	Sign        Signature                   // of id tokens, and of userinfo as a JWT
	NoIDToken   bool                        // leaves the id token out
	UserInfo    func(claims map[string]any) // changes the claims of userinfo
	UserInfoJWT bool                        // answers userinfo as application/jwt
	TokenStatus int                         // status of the token endpoint, 0 = as it should be
	InfoStatus  int                         // status of the userinfo endpoint, 0 = as it should be
	BeforeToken func()                      // runs before the token endpoint answers
}

// Misbehave sets what is wrong from now on.
func (p *Provider) Misbehave(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Request is a call that the provider got.
type Request struct {
	Path   string
	Query  url.Values
	Form   url.Values // the body's
	Header http.Header
}

// Requests are the calls to a path so far, oldest first.
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

// maxSeen bounds what is remembered, for a demo that runs long.
const maxSeen = 1000

// misbehave notes every call and applies the faults to its answer.
func (p *Provider) misbehave(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		secretInBody(r)
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
			p.change(w, r, next, f.TokenStatus, func(m map[string]any) (string, []byte, error) {
				return p.changeToken(m, f)
			})
		case "/userinfo":
			p.change(w, r, next, f.InfoStatus, func(m map[string]any) (string, []byte, error) {
				return p.changeUserInfo(m, f)
			})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// change lets next answer and puts another body in place of its JSON.
func (p *Provider) change(w http.ResponseWriter, r *http.Request, next http.Handler, status int,
	with func(map[string]any) (string, []byte, error),
) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	if status != 0 {
		http.Error(w, `{"error":"server_error","error_description":"as told"}`, status)
		return
	}
	var m map[string]any
	kind, body := rec.Header().Get("Content-Type"), rec.Body.Bytes()
	if rec.Code == http.StatusOK && json.Unmarshal(body, &m) == nil {
		var err error
		if kind, body, err = with(m); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rec.Code)
	_, _ = w.Write(body)
}

func (p *Provider) changeToken(m map[string]any, f Faults) (string, []byte, error) {
	raw, _ := m["id_token"].(string)
	delete(m, "id_token")
	if !f.NoIDToken {
		parts := strings.Split(raw, ".")
		if len(parts) != 3 {
			return "", nil, fmt.Errorf("the id token has %d parts", len(parts))
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			return "", nil, fmt.Errorf("decode the id token: %w", err)
		}
		claims, err := decode(payload)
		if err != nil {
			return "", nil, err
		}
		if f.IDToken != nil {
			f.IDToken(claims)
		}
		if m["id_token"], err = p.Sign(claims, f.Sign); err != nil {
			return "", nil, err
		}
	}
	body, err := json.Marshal(m)
	return "application/json", body, err
}

func (p *Provider) changeUserInfo(claims map[string]any, f Faults) (string, []byte, error) {
	if f.UserInfo != nil {
		f.UserInfo(claims)
	}
	if !f.UserInfoJWT {
		body, err := json.Marshal(claims)
		return "application/json", body, err
	}
	token, err := p.Sign(claims, f.Sign)
	return "application/jwt; charset=utf-8", []byte(token), err
}

// decode keeps numbers as they are.
func decode(payload []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		return nil, fmt.Errorf("decode claims: %w", err)
	}
	return claims, nil
}

// Sign makes a JWT of claims, such as a logout token.
func (p *Provider) Sign(claims map[string]any, how Signature) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	if how == NoKey {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
			base64.RawURLEncoding.EncodeToString(payload) + ".", nil
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: p.key}
	switch how {
	case OtherKey:
		if key.Key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return "", fmt.Errorf("make another key: %w", err)
		}
	case SecretKey:
		key = jose.SigningKey{Algorithm: jose.HS256, Key: []byte(p.Secret)}
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", p.storage.key.id)
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		return "", fmt.Errorf("make a signer: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return jws.CompactSerialize()
}

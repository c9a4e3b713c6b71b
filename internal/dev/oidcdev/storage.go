package oidcdev

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"slices"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const tokenLifetime = 5 * time.Minute

var errUnknown = errors.New("unknown")

// storage keeps everything in memory; it implements the library's op.Storage.
type storage struct {
	client *client
	key    signingKey
	issuer string

	mu       sync.Mutex
	users    []User
	requests map[string]*authRequest
	codes    map[string]string       // code -> request
	tokens   map[string]*accessToken // by id
	browsers map[string]*browser     // by cookie

	clientKeys string // where the client publishes its keys
}

type accessToken struct {
	request  *authRequest
	expires  time.Time
	audience []string
}

// browser is a browser in which a user has signed in.
type browser struct{ sub, sid string }

func newStorage(o Options, key *rsa.PrivateKey) *storage {
	return &storage{
		client: &client{o: o}, key: signingKey{id: rand.Text(), key: key}, users: o.Users,
		requests: map[string]*authRequest{}, codes: map[string]string{},
		tokens: map[string]*accessToken{}, browsers: map[string]*browser{},
	}
}

func (s *storage) user(match func(User) bool) (User, bool) {
	if i := slices.IndexFunc(s.users, match); i >= 0 {
		return s.users[i], true
	}
	return User{}, false
}

// CreateAuthRequest is called for a valid authorization request. It is done at once for
// a browser that signed in before, unless another user is hinted at.
func (s *storage) CreateAuthRequest(ctx context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req := &authRequest{id: rand.Text(), AuthRequest: r}
	known := browserFrom(ctx)
	hinted, _ := s.user(func(u User) bool { return u.is(r.LoginHint) })
	choose := slices.Contains(r.Prompt, oidc.PromptLogin) || slices.Contains(r.Prompt, oidc.PromptSelectAccount)
	if known != nil && !choose && (hinted.Sub == "" || hinted.Sub == known.sub) {
		req.finish(*known)
	}
	if !req.done && slices.Contains(r.Prompt, oidc.PromptNone) {
		return nil, oidc.ErrLoginRequired()
	}
	s.requests[req.id] = req
	return req, nil
}

// signIn completes a request for a user and returns the browser's new cookie.
func (s *storage) signIn(id, sub string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req, ok := s.requests[id]
	if !ok {
		return "", errUnknown
	}
	if _, ok := s.user(func(u User) bool { return u.Sub == sub }); !ok {
		return "", errUnknown
	}
	b := browser{sub: sub, sid: rand.Text()}
	req.finish(b)
	cookie := rand.Text()
	s.browsers[cookie] = &b
	return cookie, nil
}

func (s *storage) browser(cookie string) *browser {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.browsers[cookie]
}

// AuthRequestByID is called when the user has been picked.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.requests[id]; ok {
		return r, nil
	}
	return nil, errUnknown
}

// AuthRequestByCode is called by the token endpoint.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	id := s.codes[code]
	s.mu.Unlock()
	return s.AuthRequestByID(ctx, id)
}

// SaveAuthCode is called before the browser is sent back.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

// DeleteAuthRequest is called once the tokens are made: codes work only once.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	for code, of := range s.codes {
		if of == id {
			delete(s.codes, code)
		}
	}
	return nil
}

// CreateAccessToken is called by the token endpoint.
func (s *storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	req, ok := r.(*authRequest)
	if !ok {
		return "", time.Time{}, errUnknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, expires := rand.Text(), time.Now().Add(tokenLifetime)
	s.tokens[id] = &accessToken{request: req, expires: expires}
	return id, expires, nil
}

// TerminateSession is called by the end-session endpoint.
func (s *storage) TerminateSession(_ context.Context, sub, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for cookie, b := range s.browsers {
		if b.sub == sub {
			delete(s.browsers, cookie)
		}
	}
	for id, t := range s.tokens {
		if t.request.sub == sub {
			delete(s.tokens, id)
		}
	}
	return nil
}

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.client.o.ClientID {
		return nil, errUnknown
	}
	return s.client, nil
}

func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.client.o.ClientID || secret != s.client.o.Secret {
		return errUnknown
	}
	return nil
}

// SetUserinfoFromRequest adds the provider's session to id tokens.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, r op.IDTokenRequest, _ []string) error {
	if req, ok := r.(*authRequest); ok {
		info.Subject = req.sub
		info.AppendClaims("sid", req.sid)
	}
	return nil
}

// SetUserinfoFromToken returns all claims, whatever the scopes, as public-sector
// providers do.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, id, _, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[id]
	if !ok || t.expires.Before(time.Now()) {
		return errUnknown
	}
	u, ok := s.user(func(u User) bool { return u.Sub == t.request.sub })
	if !ok {
		return errUnknown
	}
	info.Subject = u.Sub
	for name, value := range u.claims() {
		info.AppendClaims(name, value)
	}
	return nil
}

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

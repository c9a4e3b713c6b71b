package auth

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/module/conf"
	"foyer/core/store"
)

const (
	maxStates  = 50 // started logins a session remembers
	csrfCookie = "csrftoken"
	csrfMaxAge = 31449600 // seconds, 364 days
	stateValue = "s"      // the one value of a session, a *state
)

// tokenForm is the form of the tokens that scs makes; another is never looked
// up.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// state is what a session remembers.
type state struct {
	UserID  uuid.UUID `json:"user,omitzero"`
	SID     string    `json:"sid,omitempty"`
	IDToken string    `json:"id_token,omitempty"`
	Next    string    `json:"next,omitempty"`   // where to go after sign-in, "" = the configured page
	Silent  bool      `json:"silent,omitempty"` // a silent sign-in is under way
	Pending []pending `json:"pending"`          // nil: none was ever started, oldest first
	Logouts []string  `json:"logouts,omitempty"`
}

// pending is a login that was started.
type pending struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce,omitempty"`
	Verifier string    `json:"verifier,omitempty"`
	Added    time.Time `json:"added"`
}

// browser is the session of one request.
type browser struct {
	state *state
	user  *store.User     // nil: anonymous
	base  context.Context //nolint:containedctx // the request's, from before the session: for reload
}

type browserKey struct{}

func browserFrom(ctx context.Context) *browser {
	b, _ := ctx.Value(browserKey{}).(*browser)
	return b
}

// sessions loads, saves and ends sessions, and writes their cookies.
type sessions struct {
	manager *scs.SessionManager
	name    string
	maxAge  int
	secure  bool
}

func newSessions(cfg config.Session, secure bool, key conf.Secret, rows Sessions) (*sessions, error) {
	if cfg.CookieName == "" || cfg.Lifetime < time.Second {
		return nil, fmt.Errorf("session: cookie_name and a lifetime of at least 1s are needed")
	}
	seal, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	// Not scs.New: it starts a clean-up goroutine for a store that we replace.
	m := &scs.SessionManager{
		Lifetime: cfg.Lifetime, Store: &sessionStore{rows: rows, seal: seal}, Codec: codec{}, HashTokenInStore: true,
	}
	return &sessions{manager: m, name: cfg.CookieName, maxAge: int(cfg.Lifetime / time.Second), secure: secure}, nil
}

// presented tells whether the request has a cookie that could be a session's.
func (s *sessions) presented(c *gin.Context) bool { return s.cookie(c) != "" }

func (s *sessions) cookie(c *gin.Context) string {
	ck, err := c.Request.Cookie(s.name)
	if err != nil || !tokenForm.MatchString(ck.Value) {
		return ""
	}
	return ck.Value
}

// open returns the request's session, loading it once; a new, unsaved one when
// there is none.
func (s *sessions) open(c *gin.Context) (*browser, error) {
	if b := browserFrom(c.Request.Context()); b != nil {
		return b, nil
	}
	b, ctx, err := s.load(c.Request.Context(), s.cookie(c))
	if err != nil {
		return nil, err
	}
	c.Request = c.Request.WithContext(ctx)
	return b, nil
}

func (s *sessions) load(base context.Context, token string) (*browser, context.Context, error) {
	b := &browser{base: base}
	ctx, err := s.manager.Load(context.WithValue(base, browserKey{}, b), token)
	if err != nil {
		return nil, nil, fmt.Errorf("load the session: %w", err)
	}
	if st, ok := s.manager.Get(ctx, stateValue).(*state); ok {
		b.state = st
	} else {
		b.state = &state{}
	}
	return b, ctx, nil
}

// reload reads the session again, after slow work in which another tab may have
// changed or ended it.
func (s *sessions) reload(c *gin.Context, b *browser) error {
	now, _, err := s.load(b.base, s.cookie(c))
	if err != nil {
		return err
	}
	if now.state.Pending == nil {
		// Another tab signed in and renewed the session, or ended it. This one
		// still knows where it was going.
		now.state.Next, now.state.Silent = b.state.Next, b.state.Silent
	}
	b.state, b.user = now.state, now.user
	return nil
}

// save stores the session and writes its cookie.
func (s *sessions) save(c *gin.Context, b *browser) error {
	ctx := c.Request.Context()
	s.manager.Put(ctx, stateValue, b.state)
	token, _, err := s.manager.Commit(ctx)
	if err != nil {
		return fmt.Errorf("save the session: %w", err)
	}
	s.setCookie(c, s.name, token, s.maxAge, true)
	return nil
}

// end destroys the session and clears its cookie.
func (s *sessions) end(c *gin.Context, b *browser) error {
	if err := s.manager.Destroy(c.Request.Context()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	b.state, b.user = &state{}, nil
	s.setCookie(c, s.name, "", -1, true)
	return nil
}

// signIn makes the session that of user (core-rest.md 3.4) and saves it.
func (s *sessions) signIn(c *gin.Context, b *browser, user store.User, sid, idToken string) error {
	ctx := c.Request.Context()
	fresh := true
	switch b.state.UserID {
	case user.ID:
		s.manager.SetDeadline(ctx, time.Now().Add(s.manager.Lifetime).UTC())
		_, err := c.Request.Cookie(csrfCookie)
		fresh = err != nil
	case uuid.Nil:
		if err := s.manager.RenewToken(ctx); err != nil {
			return fmt.Errorf("renew the session: %w", err)
		}
	default:
		if err := s.manager.Destroy(ctx); err != nil {
			return fmt.Errorf("end the other user's session: %w", err)
		}
		b.state = &state{}
	}
	b.user = &user
	b.state.UserID, b.state.SID, b.state.IDToken = user.ID, sid, idToken
	b.state.Silent = false
	if err := s.save(c, b); err != nil {
		return err
	}
	if fresh {
		s.setCookie(c, csrfCookie, randomText(csrfLength), csrfMaxAge, false)
	}
	return nil
}

// setCookie replaces a cookie of this name that the answer has already.
func (s *sessions) setCookie(c *gin.Context, name, value string, maxAge int, httpOnly bool) {
	h := c.Writer.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(v string) bool { return strings.HasPrefix(v, name+"=") })
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure is configured, and scripts read the CSRF cookie
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: httpOnly, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

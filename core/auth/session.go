package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
)

// sessionPurpose is bound into the data of sessions: change it along with their
// format, so that old sessions become unknown instead of misread.
const sessionPurpose = "foyer session 2"

// tokenForm is the form of the tokens that newToken makes; anything else is never
// looked up.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashed is what the store knows of a token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// state is what a session remembers of the provider apart from the account.
type state struct {
	SID     string `json:"sid,omitempty"`
	Subject string `json:"sub,omitempty"`
	IDToken string `json:"id_token,omitempty"`
}

// browser is the session of one request.
type browser struct {
	token string      // of the session, "" without one
	user  *store.User // nil: anonymous
	state state
}

type browserKey struct{}

func browserFrom(ctx context.Context) *browser {
	b, _ := ctx.Value(browserKey{}).(*browser)
	return b
}

// sessions loads, saves and ends sessions, and writes their cookies.
type sessions struct {
	rows     Sessions
	seal     *seal
	cookies  cookies
	name     string
	lifetime time.Duration
}

func newSessions(cfg config.Session, secure bool, key conf.Secret, rows Sessions) (*sessions, error) {
	if cfg.CookieName == "" || cfg.Lifetime < time.Second {
		return nil, fmt.Errorf("session: cookie_name and a lifetime of at least 1s are needed")
	}
	seal, err := newSeal(key, sessionPurpose)
	if err != nil {
		return nil, err
	}
	return &sessions{rows: rows, seal: seal, cookies: cookies{secure}, name: cfg.CookieName, lifetime: cfg.Lifetime}, nil
}

// presented returns the request's tokens that could be a session's, in the order
// of its cookies: as many as a header holds, a few hundred.
func (s *sessions) presented(r *http.Request) []string {
	var tokens []string
	seen := map[string]bool{}
	for _, k := range r.CookiesNamed(s.name) {
		if !seen[k.Value] && tokenForm.MatchString(k.Value) {
			seen[k.Value] = true
			tokens = append(tokens, k.Value)
		}
	}
	return tokens
}

// open returns the request's session, loading it only once.
func (s *sessions) open(r *http.Request) (*browser, error) {
	if b := browserFrom(r.Context()); b != nil {
		return b, nil
	}
	b, err := s.load(r)
	if err != nil {
		return nil, err
	}
	*r = *r.WithContext(context.WithValue(r.Context(), browserKey{}, b))
	return b, nil
}

// load reads sessions and accounts in one statement and takes the first that is
// ours. One whose data the key does not open is not ours.
func (s *sessions) load(r *http.Request) (*browser, error) {
	tokens := s.presented(r)
	if len(tokens) == 0 {
		return &browser{}, nil
	}
	hashes := make([]string, len(tokens))
	for i, token := range tokens {
		hashes[i] = hashed(token)
	}
	live, err := s.rows.LiveSessions(r.Context(), time.Now().UTC(), hashes...)
	if err != nil {
		return nil, fmt.Errorf("load the session: %w", err)
	}
	for i, token := range tokens {
		row, found := live[hashes[i]]
		if !found {
			continue
		}
		b := &browser{token: token, user: &row.User}
		if data, ok := s.seal.open(row.Data, hashes[i]); ok && json.Unmarshal(data, &b.state) == nil {
			return b, nil
		}
	}
	return &browser{}, nil
}

// begin makes the session that of user (core-rest.md 3.4): the same user keeps it
// for another lifetime, a different one gets a new session.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, b *browser, user store.User, st state) error {
	again := b.user != nil && b.user.ID == user.ID
	switch {
	case b.user == nil:
		b.token = newToken()
	case !again:
		if err := s.rows.DeleteSession(r.Context(), hashed(b.token)); err != nil {
			return fmt.Errorf("end the other user's session: %w", err)
		}
		b.token = newToken()
	}
	b.user, b.state = &user, st
	data, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("encode the session: %w", err)
	}
	hash := hashed(b.token)
	err = s.rows.SaveSession(r.Context(), store.Session{
		Token: hash, UserID: &user.ID, SID: st.SID, Data: s.seal.close(data, hash), ExpiresAt: time.Now().Add(s.lifetime).UTC(),
	})
	if err != nil {
		return fmt.Errorf("save the session: %w", err)
	}
	s.cookies.set(w, r, s.name, b.token, int(s.lifetime/time.Second), true)
	if !again || !presentsCSRF(r) {
		s.cookies.set(w, r, csrfCookie, randomText(csrfLength), csrfMaxAge, false)
	}
	return nil
}

// end ends the session. The browser loses its cookie even if the store fails, so
// that whoever uses it next is not signed in.
func (s *sessions) end(w http.ResponseWriter, r *http.Request, b *browser) error {
	s.cookies.clear(w, r, s.name)
	err := s.rows.DeleteSession(r.Context(), hashed(b.token))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("end the session: %w", err)
	}
	*b = browser{}
	return nil
}

package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"foyer/core/store"
	"foyer/sdk/reply"
)

const (
	kvNamespace = "auth"
	clocks      = time.Minute // how far replicas' clocks may be apart
	maxSID      = 255         // bytes of a provider's session id: it is indexed
)

// errNoLogin is a return from the provider that this browser did not start, or
// started too long ago.
var errNoLogin = errors.New("a callback without a login under way")

// callback is the return from the provider; its cases are those of core-rest.md
// 3.2. Without a pending login it changes nothing, whatever it says: anybody can
// send a browser here.
func (a *Auth) callback(w http.ResponseWriter, r *http.Request) {
	b, err := a.sessions.open(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	q := r.URL.Query()
	fault, code, value := q.Get("error"), q.Get("code"), q.Get("state")
	login, known, under := a.logins.find(r, value)
	switch {
	case fault != "":
		a.refused(w, r, b, login, known, fault)
	case code == "" || value == "":
		a.failed(w, r, login, errNoLogin)
	case known:
		a.finish(w, r, code, login)
	case under || b.user != nil:
		badState(w, r)
	default:
		a.failed(w, r, login, errNoLogin)
	}
}

func badState(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	reply.Fail(w, r, reply.Detail(http.StatusBadRequest, "Unknown or used login state."))
}

// refused answers an error from the provider, which ends the login. A signed-in
// user is signed out, unless the login only asked whether somebody is signed in
// there.
func (a *Auth) refused(w http.ResponseWriter, r *http.Request, b *browser, login pending, known bool, fault string) {
	a.log.InfoContext(r.Context(), "the provider refused a sign-in", "error", printable(fault, 60),
		"description", printable(r.URL.Query().Get("error_description"), 300))
	if known {
		a.logins.forget(w, r, login)
	}
	if known && b.user != nil && !(login.Silent && fault == "login_required") {
		if err := a.sessions.end(w, r, b); err != nil {
			reply.Fail(w, r, err)
			return
		}
	}
	redirect(w, a.failureURL(login))
}

// finish exchanges the code and signs in. The state is consumed first.
func (a *Auth) finish(w http.ResponseWriter, r *http.Request, code string, login pending) {
	ctx := r.Context()
	first, err := a.claimState(ctx, login)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	a.logins.forget(w, r, login)
	if !first {
		badState(w, r)
		return
	}
	user, id, err := a.identify(ctx, code, a.base(r)+callbackPath, login)
	if err != nil {
		a.failed(w, r, login, err)
		return
	}
	a.signIn(w, r, user, id, login)
}

func (a *Auth) identify(ctx context.Context, code, redirectURI string, login pending) (store.User, identity, error) {
	id, err := a.provider.exchange(ctx, code, redirectURI, login)
	if err != nil {
		return store.User{}, identity{}, err
	}
	user, err := a.resolve(ctx, id)
	return user, id, err
}

func (a *Auth) signIn(w http.ResponseWriter, r *http.Request, user store.User, id identity, login pending) {
	ctx := r.Context()
	if err := a.o.Users.TouchLogin(ctx, user.ID, time.Now().UTC()); err != nil {
		a.log.ErrorContext(ctx, "the time of a sign-in was not kept", "user", user.ID, "error", err)
	}
	// Load it again: during the exchange another tab may have signed in or out.
	b, err := a.sessions.load(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	if b.user != nil && b.user.ID != user.ID {
		login.Next = "" // somebody else's page (core-rest.md 3.4)
	}
	if err := a.sessions.begin(w, r, b, user, a.remembered(ctx, id)); err != nil {
		reply.Fail(w, r, err)
		return
	}
	a.log.InfoContext(ctx, "signed in", "user", user.ID)
	redirect(w, a.successURL(login))
}

// remembered is what a session keeps about the provider.
func (a *Auth) remembered(ctx context.Context, id identity) state {
	st := state{SID: id.sid, Subject: id.sub}
	if a.o.OIDC.StoreIDToken && len(id.idToken) <= maxLogoutURL {
		st.IDToken = id.idToken
	}
	if len(st.SID) > maxSID || strings.ContainsRune(st.SID, 0) {
		a.log.WarnContext(ctx, "the provider's session id cannot be stored: its back-channel logouts of one session will not be heard")
		st.SID = ""
	}
	return st
}

// claimState makes a state usable once, across all replicas and copies of the
// browser's cookie.
func (a *Auth) claimState(ctx context.Context, login pending) (bool, error) {
	sum := sha256.Sum256([]byte(login.State))
	now := time.Now().UTC()
	expires := login.ends().Add(clocks)
	return a.o.Sessions.KVPutIfAbsent(ctx, kvNamespace, "state:"+hex.EncodeToString(sum[:]), []byte("1"), &expires, now)
}

// failed ends a login that did not work: it logs the cause and sends the browser
// to the failure page, or back to where it came from if the login was silent.
func (a *Auth) failed(w http.ResponseWriter, r *http.Request, login pending, cause error) {
	level := a.log.ErrorContext
	if errors.Is(cause, errRefused) || errors.Is(cause, errNoLogin) {
		level = a.log.WarnContext
	}
	level(r.Context(), "a sign-in failed", "cause", printable(cause.Error(), 500))
	redirect(w, a.failureURL(login))
}

func (a *Auth) failureURL(login pending) string {
	if login.Silent {
		return a.successURL(login)
	}
	return a.o.OIDC.FailureURL
}

func (a *Auth) successURL(login pending) string {
	if login.Next != "" {
		return login.Next
	}
	return a.o.OIDC.LoginURL
}

// printable bounds what a stranger or the provider can get into a log line.
func printable(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	out := []byte(s)
	for i, ch := range out {
		if ch < ' ' || ch >= 0x7f {
			out[i] = '?'
		}
	}
	return string(out)
}

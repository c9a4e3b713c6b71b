package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/store"
	"foyer/sdk/reply"
)

const (
	kvNamespace = "auth"
	clocks      = time.Minute // how far those of replicas may be apart
	maxSID      = 255         // bytes of a provider's session id: it is indexed
)

// errNoLogin is a return from the provider that this browser did not start, or
// too long ago.
var errNoLogin = errors.New("a callback without a login under way")

// callback is the return from the provider; its cases are those of
// core-rest.md 3.2. Without a login under way it changes nothing, whatever it
// says: anybody can send a browser here.
func (a *Auth) callback(c *gin.Context) {
	b, err := a.sessions.open(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	fault, code, value := c.Query("error"), c.Query("code"), c.Query("state")
	login, known, under := a.logins.find(c, value)
	switch {
	case fault != "":
		a.refused(c, b, login, known, fault)
	case code == "" || value == "":
		a.failed(c, login, errNoLogin)
	case known:
		a.finish(c, code, login)
	case under || b.user != nil:
		badState(c)
	default:
		a.failed(c, login, errNoLogin)
	}
}

func badState(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	reply.Fail(c, reply.Detail(http.StatusBadRequest, "Unknown or used login state."))
}

// refused answers an error of the provider, which ends the login. A signed-in
// user is signed out, unless it was only asked whether somebody is signed in
// there.
func (a *Auth) refused(c *gin.Context, b *browser, login pending, known bool, fault string) {
	a.log.InfoContext(c.Request.Context(), "the provider refused a sign-in", "error", printable(fault, 60),
		"description", printable(c.Query("error_description"), 300))
	if known {
		a.logins.forget(c, login)
	}
	if known && b.user != nil && !(login.Silent && fault == "login_required") {
		if err := a.sessions.end(c, b); err != nil {
			reply.Fail(c, err)
			return
		}
	}
	redirect(c, a.failureURL(login))
}

// finish exchanges the code and signs in. The state is consumed first.
func (a *Auth) finish(c *gin.Context, code string, login pending) {
	ctx := c.Request.Context()
	first, err := a.claimState(ctx, login)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	a.logins.forget(c, login)
	if !first {
		badState(c)
		return
	}
	user, id, err := a.identify(ctx, code, a.base(c)+callbackPath, login)
	if err != nil {
		a.failed(c, login, err)
		return
	}
	a.signIn(c, user, id, login)
}

func (a *Auth) identify(ctx context.Context, code, redirectURI string, login pending) (store.User, identity, error) {
	id, err := a.provider.exchange(ctx, code, redirectURI, login)
	if err != nil {
		return store.User{}, identity{}, err
	}
	user, err := a.resolve(ctx, id)
	return user, id, err
}

func (a *Auth) signIn(c *gin.Context, user store.User, id identity, login pending) {
	ctx := c.Request.Context()
	if err := a.o.Users.TouchLogin(ctx, user.ID, time.Now().UTC()); err != nil {
		a.log.ErrorContext(ctx, "the time of a sign-in was not kept", "user", user.ID, "error", err)
	}
	// Not as it was before the exchange, in which another tab may have signed in
	// or out.
	b, err := a.sessions.load(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	if b.user != nil && b.user.ID != user.ID {
		login.Next = "" // a page of somebody else (core-rest.md 3.4)
	}
	if err := a.sessions.begin(c, b, user, a.remembered(ctx, id)); err != nil {
		reply.Fail(c, err)
		return
	}
	a.log.InfoContext(ctx, "signed in", "user", user.ID)
	redirect(c, a.successURL(login))
}

// remembered is what a session keeps of the provider.
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

// claimState makes a state one-time over all replicas and over copies of the
// browser's cookie.
func (a *Auth) claimState(ctx context.Context, login pending) (bool, error) {
	sum := sha256.Sum256([]byte(login.State))
	now := time.Now().UTC()
	expires := login.ends().Add(clocks)
	return a.o.Sessions.KVPutIfAbsent(ctx, kvNamespace, "state:"+hex.EncodeToString(sum[:]), []byte("1"), &expires, now)
}

// failed ends a login that did not work: the cause is logged, the browser goes
// to the failure page, or to where it came from when the login was silent.
func (a *Auth) failed(c *gin.Context, login pending, cause error) {
	level := a.log.ErrorContext
	if errors.Is(cause, errRefused) || errors.Is(cause, errNoLogin) {
		level = a.log.WarnContext
	}
	level(c.Request.Context(), "a sign-in failed", "cause", printable(cause.Error(), 500))
	redirect(c, a.failureURL(login))
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

// printable bounds what a stranger or the provider can put into a log line.
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

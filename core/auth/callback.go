package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/module/reply"
	"foyer/core/store"
)

const (
	kvNamespace = "auth"
	// stateClaim is how long a used state is refused in copies of the session
	// that other requests may have read just before.
	stateClaim = 10 * time.Minute
)

// callback is the return from the provider; its cases are in the order of
// core-rest.md 3.2.
func (a *Auth) callback(c *gin.Context) {
	b, err := a.sessions.open(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	fault, code, value := c.Query("error"), c.Query("code"), c.Query("state")
	login, known := b.state.find(value)
	switch {
	case fault == "login_required" && b.state.Silent && !known:
		badState(c)
	case fault == "login_required" && b.state.Silent:
		a.stayAnonymous(c, b)
	case fault != "":
		a.refused(c, b, fault, value)
	case code == "" || value == "" || b.state.Pending == nil:
		a.failed(c, b, errors.New("a callback without a login under way"))
	case !known:
		badState(c)
	default:
		a.finish(c, b, code, login)
	}
}

func badState(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	reply.Fail(c, reply.Detail(http.StatusBadRequest, "Unknown or used login state."))
}

// stayAnonymous ends a silent login of somebody who is not signed in at the
// provider. The state stays known.
func (a *Auth) stayAnonymous(c *gin.Context, b *browser) {
	b.state.Silent = false
	if err := a.sessions.save(c, b); err != nil {
		reply.Fail(c, err)
		return
	}
	redirect(c, a.successURL(b))
}

// refused answers an error of the provider: the state is dropped and a
// signed-in user is signed out.
func (a *Auth) refused(c *gin.Context, b *browser, fault, value string) {
	a.log.InfoContext(c.Request.Context(), "the provider refused a sign-in", "error", printable(fault, 60),
		"description", printable(c.Query("error_description"), 300))
	to, wasSilent := a.o.OIDC.FailureURL, b.state.Silent
	if wasSilent {
		to = a.successURL(b)
	}
	_, known := b.state.find(value)
	var err error
	switch {
	case b.user != nil:
		err = a.sessions.end(c, b)
	case known || wasSilent:
		b.state.forget(value)
		b.state.Silent = false
		err = a.sessions.save(c, b)
	}
	if err != nil {
		reply.Fail(c, err)
		return
	}
	redirect(c, to)
}

// finish exchanges the code and signs in. The state is consumed first.
func (a *Auth) finish(c *gin.Context, b *browser, code string, login pending) {
	ctx := c.Request.Context()
	first, err := a.claimState(ctx, login.State)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	if !first {
		badState(c)
		return
	}
	b.state.forget(login.State)
	if err := a.sessions.save(c, b); err != nil {
		reply.Fail(c, err)
		return
	}
	user, id, err := a.identify(ctx, code, a.base(c)+callbackPath, login)
	if again := a.sessions.reload(c, b); again != nil {
		reply.Fail(c, again)
		return
	}
	if err != nil {
		a.failed(c, b, err)
		return
	}
	a.signIn(c, b, user, id)
}

func (a *Auth) identify(ctx context.Context, code, redirectURI string, login pending) (store.User, identity, error) {
	id, err := a.provider.exchange(ctx, code, redirectURI, login)
	if err != nil {
		return store.User{}, identity{}, err
	}
	user, err := a.resolve(ctx, id)
	return user, id, err
}

func (a *Auth) signIn(c *gin.Context, b *browser, user store.User, id identity) {
	ctx := c.Request.Context()
	if err := a.o.Users.TouchLogin(ctx, user.ID, time.Now().UTC()); err != nil {
		a.log.ErrorContext(ctx, "the time of a sign-in was not kept", "user", user.ID, "error", err)
	}
	idToken := id.idToken
	if !a.o.OIDC.StoreIDToken {
		idToken = ""
	}
	if err := a.sessions.signIn(c, b, user, id.sid, idToken); err != nil {
		reply.Fail(c, err)
		return
	}
	a.log.InfoContext(ctx, "signed in", "user", user.ID)
	redirect(c, a.successURL(b))
}

// claimState makes a state one-time over all replicas and over requests that
// read the session at the same moment.
func (a *Auth) claimState(ctx context.Context, value string) (bool, error) {
	sum := sha256.Sum256([]byte(value))
	now := time.Now().UTC()
	expires := now.Add(stateClaim)
	return a.o.Sessions.KVPutIfAbsent(ctx, kvNamespace, "state:"+hex.EncodeToString(sum[:]), []byte("1"), &expires, now)
}

// failed ends a login that did not work: the cause is logged, the browser goes
// to the failure page, or to where it came from when the login was silent.
func (a *Auth) failed(c *gin.Context, b *browser, cause error) {
	level := a.log.ErrorContext
	if errors.Is(cause, errRefused) {
		level = a.log.WarnContext
	}
	level(c.Request.Context(), "a sign-in failed", "cause", printable(cause.Error(), 500))
	if !b.state.Silent {
		redirect(c, a.o.OIDC.FailureURL)
		return
	}
	b.state.Silent = false
	if err := a.sessions.save(c, b); err != nil {
		reply.Fail(c, err)
		return
	}
	redirect(c, a.successURL(b))
}

func (a *Auth) successURL(b *browser) string {
	if b.state.Next != "" {
		return b.state.Next
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

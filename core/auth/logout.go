package auth

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"foyer/core/module/reply"
)

const maxLogouts = 50 // started logouts a session remembers

// logout signs out: at the provider too when it can, and then the session lasts
// until the provider sends the browser back (core-rest.md 3.5).
func (a *Auth) logout(c *gin.Context) {
	b := a.signedIn(c)
	if b == nil {
		redirect(c, a.o.OIDC.LogoutDoneURL)
		return
	}
	endpoint := a.logoutEndpoint(c)
	if b.state.IDToken == "" || endpoint == "" {
		a.endAndLeave(c, b)
		return
	}
	value := randomText(stateLength)
	b.state.Logouts = append(b.state.Logouts, value)
	if extra := len(b.state.Logouts) - maxLogouts; extra > 0 {
		b.state.Logouts = slices.Delete(b.state.Logouts, 0, extra)
	}
	if err := a.sessions.save(c, b); err != nil {
		reply.Fail(c, err)
		return
	}
	var q query
	q.set("id_token_hint", b.state.IDToken)
	q.set("state", value)
	q.set("post_logout_redirect_uri", a.base(c)+logoutCallbackPath)
	redirect(c, q.on(endpoint))
}

// logoutCallback is the return from the provider's logout.
func (a *Auth) logoutCallback(c *gin.Context) {
	b := a.signedIn(c)
	value := c.Query("state")
	if b == nil || value == "" {
		redirect(c, a.o.OIDC.LogoutDoneURL)
		return
	}
	if !slices.ContainsFunc(b.state.Logouts, func(s string) bool { return equal(s, value) }) {
		c.Header("Cache-Control", "no-store")
		reply.Fail(c, reply.Detail(http.StatusBadRequest, "Unknown logout state."))
		return
	}
	a.endAndLeave(c, b)
}

func (a *Auth) endAndLeave(c *gin.Context, b *browser) {
	if err := a.sessions.end(c, b); err != nil {
		reply.Fail(c, err)
		return
	}
	redirect(c, a.o.OIDC.LogoutDoneURL)
}

// signedIn is the request's session when it has an account, else nil. Admit has
// opened it.
func (a *Auth) signedIn(c *gin.Context) *browser {
	if b := browserFrom(c.Request.Context()); b != nil && b.user != nil {
		return b
	}
	return nil
}

// logoutEndpoint is the provider's, "" for a local logout; also when the
// provider cannot be asked for it now.
func (a *Auth) logoutEndpoint(c *gin.Context) string {
	if a.o.OIDC.LogoutURL != "" {
		return a.o.OIDC.LogoutURL
	}
	r, err := a.provider.get(c.Request.Context())
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "signing out here only: the provider is not reachable", "cause", printable(err.Error(), 500))
		return ""
	}
	return r.Logout
}

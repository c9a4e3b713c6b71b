package auth

import (
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Scope is the throttle of starting to sign in, and ScopeReturn that of coming
// back: they are separate so that somebody who has signed in at the provider is
// not held up by those just starting.
const (
	Scope       = "sign_in"
	ScopeReturn = "sign_in_return"
)

const (
	authenticatePath   = "/api/v1.0/authenticate/"
	callbackPath       = "/api/v1.0/callback/"
	logoutCallbackPath = "/api/v1.0/logout-callback/"
)

// Routes returns the routes of signing in and out (core-rest.md 3).
func (a *Auth) Routes() []module.Route {
	byGET := a.logout
	if !a.o.OIDC.LogoutByGET {
		byGET = refuseGET
	}
	return append(a.clientKeyRoutes(), []module.Route{
		{Method: http.MethodGet, Path: authenticatePath, Access: module.SessionOptional, AnyType: true, Limit: Scope, Handler: http.HandlerFunc(a.authenticate)},
		{Method: http.MethodGet, Path: callbackPath, Access: module.SessionOptional, AnyType: true, Limit: ScopeReturn, Handler: http.HandlerFunc(a.callback)},
		{Method: http.MethodGet, Path: "/api/v1.0/logout/", Access: module.SessionOptional, AnyType: true, Handler: http.HandlerFunc(byGET)},
		{Method: http.MethodPost, Path: "/api/v1.0/logout/", Access: module.SessionOptional, AnyType: true, Handler: http.HandlerFunc(a.logout)},
		{Method: http.MethodGet, Path: logoutCallbackPath, Access: module.SessionOptional, AnyType: true, Handler: http.HandlerFunc(a.logoutCallback)},
		{Method: http.MethodPost, Path: "/api/v1.0/backchannel-logout/", Access: module.Own, AnyType: true, AnyHost: true, Handler: http.HandlerFunc(a.backchannelLogout)},
	}...)
}

func refuseGET(w http.ResponseWriter, r *http.Request) {
	e := reply.Detail(http.StatusMethodNotAllowed, `Method "GET" not allowed.`)
	e.Header = map[string]string{"Allow": "POST"}
	reply.Fail(w, r, e)
}

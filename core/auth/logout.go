package auth

import (
	"net/http"

	"foyer/sdk/reply"
)

// maxLogoutURL is the longest URL containing an id token, in bytes, that a
// browser is sent to: proxies limit response headers and request lines, some to 2
// kB.
const maxLogoutURL = 2000

// logout signs out (core-rest.md 3.5): first here, whatever the provider does,
// and then there if possible.
func (a *Auth) logout(w http.ResponseWriter, r *http.Request) {
	b := browserFrom(r.Context()) // Admit has loaded it
	if b == nil || b.user == nil {
		redirect(w, a.o.OIDC.LogoutDoneURL)
		return
	}
	st := b.state
	a.logins.stayOut(w, r, a.o.Session.Lifetime)
	if err := a.sessions.end(w, r, b); err != nil {
		reply.Fail(w, r, err)
		return
	}
	redirect(w, a.afterLogout(r, st))
}

// afterLogout is where the browser goes after signing out here: to the provider,
// which knows the session by the id token or else by its subject.
func (a *Auth) afterLogout(r *http.Request, st state) string {
	endpoint := a.logoutEndpoint(r)
	if endpoint == "" {
		return a.o.OIDC.LogoutDoneURL
	}
	var back query
	back.set("state", randomText(stateLength)) // some providers require one
	back.set("post_logout_redirect_uri", a.base(r)+logoutCallbackPath)
	if st.IDToken != "" {
		hinted := append(query{{"id_token_hint", st.IDToken}}, back...)
		if to := hinted.on(endpoint); len(to) <= maxLogoutURL {
			return to
		}
	}
	named := query{{"client_id", a.o.OIDC.ClientID}}
	if st.Subject != "" {
		named.set("logout_hint", st.Subject)
	}
	return append(named, back...).on(endpoint)
}

// logoutCallback is the return from the provider's logout. Whoever left was
// signed out before; whoever has signed in since stays.
func (a *Auth) logoutCallback(w http.ResponseWriter, r *http.Request) {
	a.logins.comeBack(w, r)
	redirect(w, a.o.OIDC.LogoutDoneURL)
}

// logoutEndpoint is the provider's, "" for a local logout or when the provider
// cannot be asked for it now.
func (a *Auth) logoutEndpoint(r *http.Request) string {
	if a.o.OIDC.LogoutURL != "" {
		return a.o.OIDC.LogoutURL
	}
	provider, err := a.provider.get(r.Context())
	if err != nil {
		a.log.WarnContext(r.Context(), "signing out here only: the provider is not reachable", "cause", printable(err.Error(), 500))
		return ""
	}
	return provider.Logout
}

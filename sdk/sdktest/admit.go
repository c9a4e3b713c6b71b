package sdktest

import (
	"net/http"
	"strings"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// admit checks the caller against the route's access rule; see the package
// comment for what it leaves out. The caller of a Public route is nobody.
func (d *door) admit(route module.Route, caller *module.Caller, r *http.Request) error {
	switch rule := route.Access.Rule(); rule.Kind {
	case "session_optional", "own":
		return nil
	case "public":
		*caller = module.Caller{Address: caller.Address}
		return nil
	case "session", "staff":
		return unless(caller.SignedIn(), reply.Unauthenticated())
	case "sign_in":
		return unless(caller.SignedIn(), &reply.Error{Status: http.StatusFound, Header: map[string]string{"Location": "/api/v1.0/authenticate/"}})
	case "livekit_token":
		return unless(caller.Token != nil && caller.Room != nil, reply.Forbidden())
	case "livekit_token_or_session":
		return unless(caller.Room != nil, reply.Forbidden())
	case "application_token":
		if caller.Application == nil || !caller.SignedIn() {
			e := reply.Detail(http.StatusUnauthorized, "Authentication credentials were not provided.")
			e.Header = map[string]string{"WWW-Authenticate": "Bearer"}
			return e
		}
		return unless(caller.Application.Allows(rule.Scope), reply.Forbidden())
	case "secret":
		secret := d.about.Secrets[rule.Secret]
		shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		r.Header.Del("Authorization")
		*caller = module.Caller{Address: caller.Address}
		return unless(bearer && !secret.IsZero() && secret.Equal(shown), reply.Unauthenticated())
	default:
		return reply.Forbidden()
	}
}

func unless(admitted bool, refusal *reply.Error) error {
	if admitted {
		return nil
	}
	return refusal
}

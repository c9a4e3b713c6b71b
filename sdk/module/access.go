package module

import "regexp"

// Access is the rule that a caller must satisfy before a handler runs.
type Access struct {
	kind   accessKind
	secret string
	scope  string
}

type accessKind uint8

const (
	accessNobody accessKind = iota // the zero value: deny
	accessPublic
	accessOptional
	accessSession
	accessStaff
	accessSignIn
	accessRoomToken
	accessRoomTokenOrSession
	accessSecret
	accessApplicationToken
	accessOwn
)

// The rules. Messages and codes are those of the contract, core-rest.md 1.4,
// 1.8 and 1.9.
var (
	// Public: anybody; credentials are not looked at.
	Public = Access{kind: accessPublic}
	// SessionOptional: anybody; if there is a session it is resolved, and an
	// unsafe method then needs its CSRF token.
	SessionOptional = Access{kind: accessOptional}
	// Session: a signed-in user, otherwise 401 with the Session challenge. Unsafe
	// methods need the CSRF token.
	Session = Access{kind: accessSession}
	// Staff: like Session, for staff accounts; others get 403.
	Staff = Access{kind: accessStaff}
	// SignIn: like Session, for a page: somebody who opens it (GET) without a
	// session is sent to sign in, and comes back to it.
	SignIn = Access{kind: accessSignIn}
	// LiveKitToken: the bearer of a valid LiveKit token for the room named by
	// the path parameter "room" (id or slug). In order: a bad header or token
	// is 403, an unknown room 404, no header 403, another room's token 403, a
	// token of a meeting that is over or of a participant who was removed 403.
	LiveKitToken = Access{kind: accessRoomToken}
	// LiveKitTokenOrSession: like LiveKitToken if an Authorization header is
	// present, otherwise like SessionOptional with the room resolved; the handler
	// decides by the caller it finds.
	LiveKitTokenOrSession = Access{kind: accessRoomTokenOrSession}
	// Own: the module authenticates by itself.
	Own = Access{kind: accessOwn}
)

// Secret admits the bearer of a shared secret, compared in constant time; others
// get 401. key names a secret of the module's section, such as "hook.token";
// while that is empty nobody is admitted.
func Secret(key string) Access { return Access{kind: accessSecret, secret: key} }

// ApplicationToken admits the bearer of an application's token, or of another
// token by which a program acts for a user, with the scope, such as "rooms:list";
// see Caller.Application. In order: a missing or bad token is 401, as is one that
// was revoked or whose application or user is not active; an application that
// calls from a network it may not use is 403, and so is a token without the
// scope. No token has the scope "". The token itself is not handed on. A gateway
// that accepts no such tokens admits nobody (external-api.md 2.1 and 2.2).
func ApplicationToken(scope string) Access { return Access{kind: accessApplicationToken, scope: scope} }

// Of sets the module whose secret it is; the catalog calls it.
func (a Access) Of(moduleName string) Access {
	if a.kind == accessSecret {
		a.secret = moduleName + "." + a.secret
	}
	return a
}

// Rule is the wire form of an Access, for hosts in another process.
type Rule struct {
	Kind   string
	Secret string // of the kind "secret"
	Scope  string // of the kind "application_token"
}

var ruleNames = map[accessKind]string{
	accessNobody: "nobody", accessPublic: "public", accessOptional: "session_optional",
	accessSession: "session", accessStaff: "staff", accessSignIn: "sign_in", accessRoomToken: "livekit_token",
	accessRoomTokenOrSession: "livekit_token_or_session", accessSecret: "secret",
	accessApplicationToken: "application_token", accessOwn: "own",
}

// Rule is the wire form.
func (a Access) Rule() Rule { return Rule{Kind: ruleNames[a.kind], Secret: a.secret, Scope: a.scope} }

// String is the kind with what it asks for, as operators read it.
func (r Rule) String() string {
	if what := r.Secret + r.Scope; what != "" {
		return r.Kind + "(" + what + ")"
	}
	return r.Kind
}

// scopeForm matches what can be granted to applications: what a scope is about,
// such as the module, and what is done with it.
var scopeForm = regexp.MustCompile(`^[a-z0-9_]{1,40}(:[a-z0-9_.-]{1,40}){1,3}$`)

// ValidScope reports whether a scope can be granted, such as "notes:read": in
// tokens they are in lower case.
func ValidScope(scope string) bool { return scopeForm.MatchString(scope) }

// AccessOf is the inverse of Access.Rule; an unknown kind admits nobody.
func AccessOf(r Rule) Access {
	for k, n := range ruleNames {
		if n == r.Kind {
			return Access{kind: k, secret: r.Secret, scope: r.Scope}
		}
	}
	return Access{}
}

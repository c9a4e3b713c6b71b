package module

// Access is the rule that a caller has to satisfy before a handler runs.
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
	// Public: anybody; no credential is looked at.
	Public = Access{kind: accessPublic}
	// SessionOptional: anybody; a session is resolved when there is one, and
	// then an unsafe method needs its CSRF token.
	SessionOptional = Access{kind: accessOptional}
	// Session: a signed-in user; else 401 with the Session challenge. Unsafe
	// methods need the CSRF token.
	Session = Access{kind: accessSession}
	// Staff: as Session, of an account that is staff; else 403.
	Staff = Access{kind: accessStaff}
	// SignIn: as Session, of a page: whoever opens it (GET) without a session is
	// sent to sign in, and comes back to it.
	SignIn = Access{kind: accessSignIn}
	// LiveKitToken: the bearer of a valid LiveKit token for the room named by
	// the path parameter "room" (id or slug). In order: a bad header or token
	// is 403, an unknown room 404, no header 403, another room's token 403, a
	// token of a meeting that is over or of a participant who was removed 403.
	LiveKitToken = Access{kind: accessRoomToken}
	// LiveKitTokenOrSession: as LiveKitToken when an Authorization header is
	// present, else as SessionOptional with the room resolved; the handler
	// decides on the caller it finds.
	LiveKitTokenOrSession = Access{kind: accessRoomTokenOrSession}
	// Own: the module authenticates by itself.
	Own = Access{kind: accessOwn}
)

// Secret admits the bearer of a shared secret, compared in constant time; else
// 401. It is a secret of the module's section, by its key, such as "hook.token";
// while it is empty nobody is admitted.
func Secret(key string) Access { return Access{kind: accessSecret, secret: key} }

// ApplicationToken admits the bearer of an application's token, or of another token by
// which a program acts for a user, that has the scope, such as "rooms:list"; see
// Caller.Application. In order: no token or a bad one is 401, as is one that was
// revoked, or whose application or user is not active; an application that calls
// from elsewhere than it may is 403, and so is a token without the scope. No token
// has the scope "". The token itself is not handed on. Nobody is admitted by a
// gateway that accepts no such tokens (external-api.md 2.1 and 2.2).
func ApplicationToken(scope string) Access { return Access{kind: accessApplicationToken, scope: scope} }

// Of names the module whose secret it is; the catalog does.
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

// Rule gives the wire form.
func (a Access) Rule() Rule { return Rule{Kind: ruleNames[a.kind], Secret: a.secret, Scope: a.scope} }

// AccessOf reads a wire form back; an unknown kind admits nobody.
func AccessOf(r Rule) Access {
	for k, n := range ruleNames {
		if n == r.Kind {
			return Access{kind: k, secret: r.Secret, scope: r.Scope}
		}
	}
	return Access{}
}

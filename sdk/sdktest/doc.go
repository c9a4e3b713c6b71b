// Package sdktest runs a module as its author's tests need it: in the test's own
// process, in a process of its own, and under a real gateway where there is one.
//
//	func TestMain(m *testing.M) { sdktest.Main(m, New) }
//
//	func TestGreeting(t *testing.T) {
//		sdktest.Run(t, sdktest.Case{New: New, Config: "greeting: Welcome\n"}, func(t *testing.T, p *sdktest.Place) {
//			a := p.Send(t, sdktest.Request{Path: "/api/v1.0/hello/nowhere/"})
//			…
//		})
//	}
//
// The first two placements stand on the gateway in memory (package memory), which
// the test can fill and look into: Place.Memory. What stands before the module's
// handlers is a stand-in there. It knows the routes, their flags and parameters,
// and admits callers that the test names by a simple reading of the access rules:
// a caller with an account for Session, SignIn and Staff, one with a token's claims
// and a room for LiveKitToken, one whose application has the scope for
// ApplicationToken, and the secret itself for Secret. It checks no session, CSRF
// token, signature, throttle, Accept header or Host, looks up no room of a path,
// and its refusals are not always in the gateway's words: the gateway answers 404
// where a room is unknown, and the stand-in 403.
//
// The third placement is everything as it will be: the gateway's own binary, with
// SQLite in a temporary folder and without LiveKit, executes the test's binary by
// path and checksum. Set FOYER_GATEWAY to the gateway's absolute path, or
// Case.Gateway; without either there are two placements. Nobody is signed in there
// and Request.Caller is ignored, so that routes of the rules Public, Own,
// SessionOptional and Secret can be reached, and of others the refusals seen.
//
// A module of another repository cannot run inside a real gateway's process: such
// modules are listed in the gateway's source. That placement is the gateway in
// memory's alone.
package sdktest

// Package sdktest runs a module for its author's tests: in the test's own
// process, in its own process, and under a real gateway if there is one.
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
// The first two placements use the gateway in memory (package memory), which the
// test can fill and inspect: Place.Memory. What is in front of the module's
// handlers there is a stand-in. It knows the routes, their flags and parameters,
// and admits callers that the test names by a simple reading of the access rules:
// a caller with an account for Session, SignIn and Staff, one with a token's
// claims and a room for LiveKitToken, one whose application has the scope for
// ApplicationToken, and the secret itself for Secret. It checks no session, CSRF
// token, signature, throttle, Accept header or Host, does not look up the room of
// a path, and does not always refuse in the gateway's words: where a room is
// unknown, the gateway answers 404 and the stand-in 403.
//
// The third placement is the real thing: the gateway's own binary, with SQLite in
// a temporary folder and without LiveKit, executes the test's binary by path and
// checksum. Set FOYER_GATEWAY to the gateway's absolute path, or Case.Gateway;
// without either there are two placements. Nobody is signed in there and
// Request.Caller is ignored, so a test can reach routes with the rules Public,
// Own, SessionOptional and Secret, and see the refusals of others.
//
// A module from another repository cannot run inside a real gateway's process,
// because such modules are listed in the gateway's source. Only the gateway in
// memory has that placement.
package sdktest

// Package auth establishes who makes a request: sign-in through an OpenID
// Connect provider, browser sessions, CSRF protection, LiveKit tokens and
// shared secrets. The wire contract is core-rest.md 1.4, 1.8, 1.9 and 3.
//
// Auth.Admit enforces the access rule of one route and leaves the caller in the
// request's context: module.CallerFrom for everybody, UserFrom and RoomFrom for
// handlers of the core. Auth.Routes are the routes of signing in and out; they
// expect Admit to have run, as every route does.
//
// # Sessions
//
// A session is a random token in a cookie; the store holds the token's hash and
// what is remembered of the provider, sealed with Options.Key for that row.
// Nothing is read without a well-formed cookie, and one statement reads session
// and account together, however many cookies of the name there are: parent
// domains may set some, and the first that is ours counts. The lifetime counts
// from the last sign-in and does not slide.
//
// A login under way is a sealed cookie of half an hour, one a login; the server
// keeps nothing until the browser comes back with a code, and then that its
// state was used (docs/adr/0027). Signing out ends the session here before the
// provider is asked for anything.
//
// # What is checked of the provider
//
// Signature, algorithm, iss, aud, azp, exp and nonce of the id token, and that
// userinfo speaks of the same sub. With oidc.issuer set, iss must equal it, a
// trailing slash aside, as in discovery. Without it, as in configurations of
// the replaced server that name only endpoints, iss is accepted when its origin
// is that of the token or JWKS endpoint; a warning is logged at start.
//
// The provider is not needed at start: endpoints that the configuration does
// not name are discovered from the issuer at the first sign-in, and again until
// that works, once a second at most. When they are discovered, so is the
// end-session endpoint; with all endpoints given, an empty oidc.logout_endpoint
// means local logout.
//
// Its keys are read at the first need and believed for ten minutes. A token that
// none of them fits makes them be read again, once in ten seconds at most, so
// that made-up tokens cost the provider nothing. Keys of unknown kinds are left
// out. How we prove to be the client is ADR 28's; requests are pushed where the
// provider requires it.
//
// Every failure of a sign-in ends in a redirect to the failure URL; its cause
// is logged, without codes, tokens or claims.
package auth

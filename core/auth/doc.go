// Package auth establishes who makes a request: sign-in through an OpenID
// Connect provider, browser sessions, CSRF protection, LiveKit tokens and
// shared secrets. The wire contract is core-rest.md 1.4, 1.8, 1.9 and 3.
//
// Auth.Admit enforces the access rule of one route and leaves the caller in the
// request's context: module.CallerFrom for everybody, UserFrom and RoomFrom for
// handlers of the core. Auth.Routes are the routes of signing in and out; like
// every route they expect Admit to have run.
//
// # Sessions
//
// A session is a random token in a cookie; the store holds the token's hash and
// what is remembered of the provider, sealed with Options.Key for that row.
// Nothing is read without a well-formed cookie. One statement reads session and
// account together, however many cookies of that name there are: parent domains
// may set some, and the first that is ours counts. The lifetime runs from the
// last sign-in and does not slide.
//
// A pending login is a sealed cookie, one per login, valid for half an hour; the
// server stores nothing until the browser comes back with a code, and then only
// that its state was used (docs/adr/0027). Signing out ends the session here
// before the provider is asked for anything.
//
// # What is checked of the provider
//
// Signature, algorithm, iss, aud, azp, exp and nonce of the id token, and that
// userinfo is about the same sub. With oidc.issuer set, iss must equal it,
// ignoring a trailing slash, as in discovery. Without it, as in configurations of
// the replaced server that name only endpoints, iss is accepted when its origin
// is that of the token or JWKS endpoint; a warning is logged at start.
//
// The provider is not needed at start: endpoints missing from the configuration
// are discovered from the issuer at the first sign-in, and retried until that
// works, at most once a second. When they are discovered, so is the end-session
// endpoint; with all endpoints given, an empty oidc.logout_endpoint means local
// logout.
//
// Its keys are read when first needed and trusted for ten minutes. A token that
// none of them fits causes a reread, at most once in ten seconds, so that made-up
// tokens cost the provider nothing. Keys of unknown kinds are skipped. How we
// authenticate as the client is described in ADR 28; requests are pushed where
// the provider requires it.
//
// Every failure of a sign-in ends in a redirect to the failure URL; its cause
// is logged, without codes, tokens or claims.
package auth

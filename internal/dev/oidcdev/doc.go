// Package oidcdev is a real OpenID Connect provider in process, on loopback, for the
// demo and for tests. It has a few fictional users and no passwords: a browser picks a
// user on a page, and a request with login_hint=<user> signs in at once. It remembers a
// browser by a cookie, so that prompt=none works as with a real provider.
//
// Tests can make it misbehave with Faults: tokens with wrong claims or signatures,
// userinfo as a JWT, failing endpoints.
//
// It must never be reachable from outside the machine: anybody who can reach it can be
// anybody.
package oidcdev

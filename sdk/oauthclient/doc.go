// Package oauthclient calls the endpoints of an authorization server that
// authenticate the client: the token, pushed authorization and introspection
// endpoints (RFC 6749 2.3, RFC 9126, RFC 7662). It authenticates in each of the
// ways that servers ask for (OpenID Connect Core 9), and reads their errors.
package oauthclient

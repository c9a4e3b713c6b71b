// Package origin keeps the OIDC provider's tokens that ours were exchanged for,
// so that the provider can be asked about them again: revoking a token there ends
// those derived from it here, no later than introspections are remembered
// (resource_server.cache_ttl).
//
// What is stored is useless by itself: it is sealed with a key that only our
// token carries.
package origin

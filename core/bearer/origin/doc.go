// Package origin keeps the OIDC provider's tokens that tokens of ours were
// exchanged for, so that the provider can be asked about them again: a token that
// is revoked there ends those that come from it here, as late as introspections
// are remembered (resource_server.cache_ttl).
//
// What is stored is of no use by itself: it is sealed with a key that only the
// token of ours has.
package origin

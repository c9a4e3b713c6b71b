// Package bearer finds out which program acts for which user from the bearer
// token it presents (contract: external-api.md 2.1, 2.2 and 3.1). Three stages
// look at a token in a fixed order: the applications' JWT, the add-ons' JWT, and
// the introspection of an OIDC provider's token. A stage admits, refuses with the
// exact text that clients know, or defers to the next one; if all defer, nobody
// is authenticated.
//
// Nothing is looked up before a signature has been verified, so a caller without
// a key costs the same whatever it claims. The algorithms are those of the
// configured keys, never the token's choice.
package bearer

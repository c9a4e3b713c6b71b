// Package jwks publishes the public key with which an OIDC provider may encrypt
// what it tells this resource server (contract: external-api.md 3.4). The
// provider fetches it; nothing here uses the private half.
package jwks

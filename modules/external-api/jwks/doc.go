// Package jwks publishes the public key with which an OIDC provider may encrypt
// what it tells this resource server (contract: external-api.md 3.4), and those
// that this server signs with when it asks. The provider fetches them; nothing
// here uses a private half.
package jwks

// Package jwks publishes the public key with which an OIDC provider may encrypt its
// answers to this resource server (contract: external-api.md 3.4), and the keys that
// this server signs its own requests to the provider with. The provider fetches them;
// nothing here uses a private key.
package jwks

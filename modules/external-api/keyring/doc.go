// Package keyring holds the keys that sign applications' tokens, and older keys whose
// tokens are still valid. Public keys are published as a JSON Web Key Set (RFC 7517).
package keyring

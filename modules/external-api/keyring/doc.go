// Package keyring holds the keys that sign the tokens of applications, and
// those that have signed tokens which are still good. Public ones are published
// as a JSON Web Key Set (RFC 7517).
package keyring

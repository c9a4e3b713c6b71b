// Package signing has the keys that sign and verify compact JSON Web Signatures
// (RFC 7515, 7517, 7518): private ones in PEM, public ones as JSON Web Keys. It
// decides in one place what can be done with a key, for sign-in, for clients of a
// provider and for verifying clients of our own.
//
// Ed25519 has two names: EdDSA (RFC 8037), which most software uses, and Ed25519
// (RFC 9864), which replaces it. Both mean the same here.
package signing

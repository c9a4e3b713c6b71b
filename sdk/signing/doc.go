// Package signing has the keys that sign and verify compact JSON Web Signatures
// (RFC 7515, 7517, 7518): private ones in PEM, public ones as JSON Web Keys.
// What can be done with a key is decided here, once, for all who sign in, ask a
// provider or are asked.
//
// Ed25519 goes by two names: EdDSA (RFC 8037), which most software says, and
// Ed25519 (RFC 9864), which replaces it. Both mean one thing here.
package signing

// Package assertion authenticates applications that present a signed assertion instead
// of sending a secret: private_key_jwt (RFC 7523 2.2 and 3).
package assertion

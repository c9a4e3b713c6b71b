// Package assertion authenticates applications that sign what they say of
// themselves instead of sending a secret: private_key_jwt (RFC 7523 2.2, 3).
package assertion

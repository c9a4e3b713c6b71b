// Package credential hashes and checks the secrets of applications, in the
// layout that the replaced server keeps them in (database.md 6):
//
//	pbkdf2_sha256$rounds$salt$digest
//
// The rounds are read from the text, so one layout serves both a passphrase,
// which needs many rounds, and a long random secret, which needs none: nobody can
// try 2^256 of them.
package credential

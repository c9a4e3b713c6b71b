// Package identifier has the forms of what identifies an account, e-mail
// addresses and OpenID Connect subjects (database.md 6), and compares the issuers
// of tokens.
package identifier

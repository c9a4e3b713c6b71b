// Package identifier has the forms of what names an account: e-mail addresses and
// subjects of OpenID Connect (database.md 6), and those who issue tokens about
// them.
package identifier

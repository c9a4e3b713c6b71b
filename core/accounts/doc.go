// Package accounts is the accounts as modules know them: found as other systems
// name them, and made by the rules of a sign-in.
package accounts

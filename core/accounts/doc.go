// Package accounts is the only way to accounts: found by the names that other
// systems give them, created by the rules of a sign-in, and changed. What an
// account may contain is checked here, whoever is asking; core/store reports the
// event.
package accounts

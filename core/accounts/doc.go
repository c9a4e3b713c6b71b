// Package accounts is the one door to accounts: found as other systems name them,
// made by the rules of a sign-in, and changed. What an account can have is checked
// here, whoever asks; core/store tells the event.
package accounts

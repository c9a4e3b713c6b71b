// Package applications is the programs that act for users, as modules know them:
// who they are, what still counts of their secrets, and what they did.
package applications

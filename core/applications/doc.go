// Package applications is the only way to the programs that act for users: what
// they are and may do, their secrets and keys, and what they did. Commands,
// modules and everything else that changes one come through here, so that each
// change is checked, recorded in the audit log and reported as an event, all in
// one transaction.
package applications

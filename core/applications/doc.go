// Package applications is the one door to the programs that act for users: what
// they are and may, their secrets and keys, and what they did. Commands, modules
// and whoever else changes one come through here, so that each change is checked,
// is in the audit log and is told as an event, in one transaction or not at all.
package applications

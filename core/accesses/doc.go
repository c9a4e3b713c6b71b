// Package accesses is the part of the core REST API about who has which role on a
// room (core-rest.md 9). Who may change what is decided while the room's accesses
// are locked, so that its rules hold however many ask at once.
package accesses

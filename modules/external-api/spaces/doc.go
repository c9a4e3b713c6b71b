// Package spaces answers like the spaces resource of the Google Meet REST API v2, on
// this server's rooms: a program written for that API creates rooms here once its base
// URL and token are changed. It has its own flag.
//
// A space is a room: its id is the room's id, its meeting code the room's slug. Features
// that rooms have are mapped in both directions (settings.go); requests for others are
// refused by name rather than ignored. Errors are google.rpc.Status.
package spaces

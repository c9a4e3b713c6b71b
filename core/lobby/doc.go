// Package lobby is the waiting room in front of rooms that do not let everybody
// in (core-rest.md 7). Who waits is in core/ephemeral, in one queue a room, so
// that what a request costs depends on that room alone.
package lobby

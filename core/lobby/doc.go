// Package lobby is the waiting room in front of rooms that do not let everybody
// in (core-rest.md 7). Those who wait are kept in core/ephemeral, in one queue
// per room, so that the cost of a request depends on that room alone.
package lobby

// Package rooms is the rooms part of the core REST API (core-rest.md 5, 6): the
// rules of rooms, what each caller may see of them, and the LiveKit token to
// enter with.
package rooms

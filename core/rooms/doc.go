// Package rooms is the rooms' part of the core REST (core-rest.md 5, 6): their
// rules, what each caller may see of them, and the LiveKit token to enter with.
package rooms

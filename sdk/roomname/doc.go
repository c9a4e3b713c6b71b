// Package roomname has the rules by which the gateway and its stand-in in tests
// name rooms: the slug of a name, and what no room may be called (contract:
// core-rest.md 5.1).
package roomname

// Package livekithook receives what the LiveKit server posts (core-rest.md 10):
// verifies it against the body as it came, has it stored, and answers at once.
// What follows from an event is the business of the modules it is delivered to
// later.
package livekithook

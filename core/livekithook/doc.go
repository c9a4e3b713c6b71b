// Package livekithook receives what the LiveKit server posts (core-rest.md 10):
// it verifies the body as received, has it stored, and answers at once. What
// follows from an event is up to the modules it is later delivered to.
package livekithook

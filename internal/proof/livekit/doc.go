// Package livekit holds the tests of foyer/sdk/livekit that need a LiveKit server and
// real clients: the SDK is a separate Go module, and the servers for the tests must not
// add to its requirements.
package livekit

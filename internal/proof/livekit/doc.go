// Package livekit holds the tests of foyer/sdk/livekit that need a LiveKit server
// and real clients: the SDK is a Go module of its own, whose requirements the
// servers of the tests must not add to.
package livekit

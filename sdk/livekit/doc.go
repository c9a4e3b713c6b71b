// Package livekit speaks to the media server: it issues and verifies the
// tokens that participants join with, verifies and reads webhooks, and calls
// the server's API.
//
// It imports the module contract and libraries only, so that a module uses it
// alike in the gateway's process and in one of its own: NewClient takes what
// module.Host grants.
package livekit

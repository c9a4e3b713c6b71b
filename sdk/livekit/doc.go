// Package livekit talks to the media server: it issues and verifies the tokens
// that participants join with, verifies and reads webhooks, and calls the
// server's API.
//
// It imports only the module contract and libraries, so a module uses it the same
// way in the gateway's process and in its own: NewClient takes what module.Host
// grants.
package livekit

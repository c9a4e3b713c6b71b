// Package egressdev is a stand-in for an egress worker, for the demo and tests:
// a real one needs a browser and a media pipeline.
//
// It speaks the real protocol to a real LiveKit server, over the server's
// Redis: it accepts what the server starts and stops, and tells how it goes, so
// that the server posts the real webhooks. It records nothing; Options.Upload
// may put something where the recording would be.
package egressdev

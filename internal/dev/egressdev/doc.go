// Package egressdev is a stand-in for an egress worker, for the demo and tests: a real
// one needs a browser and a media pipeline.
//
// It speaks the real protocol to a real LiveKit server, over the server's Redis: it
// accepts the server's starts and stops, and reports progress, so that the server sends
// the real webhooks. It records nothing; Options.Upload may put something in the
// recording's place.
package egressdev

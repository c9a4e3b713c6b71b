// Package recording is the module that records meetings (contract:
// recording-summary-files.md 1 to 3 and 7): it starts and stops LiveKit's egress,
// follows what LiveKit reports about it, and tells the recording's owners when there is
// something to watch.
//
// A recording only moves forward (core/store), and what follows a step is stored with
// the step. So LiveKit's reports may arrive twice, in any order, or before the start has
// returned; the reconciler asks for those that are missing; and a crash between any two
// lines loses nothing.
//
// A start waits for LiveKit's answer. Without an egress worker that takes 24 s; then the
// room is free again, and the caller gets the contract's 502.
package recording

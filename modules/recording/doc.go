// Package recording is the module that records meetings (contract:
// recording-summary-files.md 1 to 3 and 7): it starts and stops LiveKit's
// egress, follows what LiveKit tells of it, and tells the recording's owners
// when there is something to watch.
//
// A recording only moves forward (core/store), and whatever follows a step is
// stored with the step. So what LiveKit tells may come twice, in any order, or
// before the start has returned; what it does not tell the reconciler asks for;
// and a crash between any two lines loses nothing.
//
// A start waits for LiveKit's answer. Without an egress worker that comes after
// 24 s; the room is free then, and the caller has the contract's 502.
package recording

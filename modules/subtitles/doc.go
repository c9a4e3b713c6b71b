// Package subtitles is the module that brings a transcription agent into a
// live room (contract: recording-summary-files.md 9): any participant with the
// room's LiveKit token may ask for it, and it comes once however often and at
// how many replicas it is asked for.
package subtitles

// Package subtitles is the module that brings a transcription agent into a live room
// (contract: recording-summary-files.md 9). Any participant with the room's LiveKit
// token may ask for it; it comes once, however often and at however many replicas it is
// requested.
package subtitles

// Package recordingdev is the recording module with its look-ups counted, for
// tests and measurements of how it compares many recordings with what LiveKit
// knows.
package recordingdev

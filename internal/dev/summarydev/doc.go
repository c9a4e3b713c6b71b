// Package summarydev is a stand-in for the transcription and summary service, which is
// not available here: an HTTP peer that accepts recordings in version 1 or 2 of its API,
// and that can fail, stall, refuse, forget that it has seen a key, and call back as
// often as it likes.
package summarydev

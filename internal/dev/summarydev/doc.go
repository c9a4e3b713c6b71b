// Package summarydev is a stand-in for the transcription and summary service,
// which cannot be had here: an HTTP peer that takes recordings as version 1 or
// 2 of its interface does, and that can fail, stall, refuse, forget that it has
// seen a key, and call back as often as it likes.
package summarydev

// Package summary is the module that hands finished recordings to the transcription and
// summary service and takes its results (contract: recording-summary-files.md 4 and 6).
//
// It listens for recording_saved, submits the recording in a durable job of its own, and
// closes the recording's notice once the service has accepted. The service reports the
// result at recordings/external-process-hook/, possibly before we have stored its job
// id: the core keeps the result until then.
package summary

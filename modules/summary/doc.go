// Package summary is the module that hands finished recordings to the
// transcription and summary service and takes its results (contract:
// recording-summary-files.md 4 and 6).
//
// It listens to recording_saved, asks the service in a durable job of its own,
// and closes the recording's notice once the service has accepted. The service
// tells the result at recordings/external-process-hook/, perhaps before our own
// write of its job id: the core keeps it until then.
package summary

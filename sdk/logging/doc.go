// Package logging makes the logger of the gateway and of modules' processes: slog
// lines with request and trace ids, and without secrets.
package logging

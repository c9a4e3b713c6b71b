// Package logging makes the logger of the gateway and of modules' processes:
// slog lines that carry request and trace ids and never a secret.
package logging

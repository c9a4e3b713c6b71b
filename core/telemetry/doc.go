// Package telemetry makes logs, traces and metrics: slog lines that carry
// request and trace ids and never a secret, OpenTelemetry spans exported over
// OTLP when an endpoint is configured, and Prometheus metrics on a listener of
// their own.
package telemetry

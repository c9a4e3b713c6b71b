// Package telemetry sets up logs, traces and metrics: slog lines that carry
// request and trace ids and never a secret, OpenTelemetry spans exported over
// OTLP if an endpoint is configured, and Prometheus metrics on a listener of
// their own.
package telemetry

package plugin

import (
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// local is the part of the host that a module's process has itself.
type local struct {
	name string
	log  *slog.Logger
}

// Log returns a logger whose lines the gateway logs as its own.
func (l local) Log() *slog.Logger { return l.log }

// Tracer returns the process's own tracer.
func (l local) Tracer() trace.Tracer { return otel.Tracer("foyer/modules/" + l.name) }

package plugin

import (
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// local is what a module's process does not ask the gateway for.
type local struct {
	name string
	log  *slog.Logger
}

// Log writes lines that the gateway logs as its own.
func (l local) Log() *slog.Logger { return l.log }

// Tracer makes spans of this process.
func (l local) Tracer() trace.Tracer { return otel.Tracer("foyer/modules/" + l.name) }

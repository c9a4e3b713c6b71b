package store

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// span marks one SQLite statement in a trace that is being recorded; otelpgx
// does the same on PostgreSQL. Without a recorded parent it costs nothing.
func span(ctx context.Context, text string) (context.Context, func()) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, func() {}
	}
	ctx, s := otel.Tracer("foyer/core/store").Start(ctx, "sqlite",
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "sqlite"), attribute.String("db.query.text", text)))
	return ctx, func() { s.End() }
}

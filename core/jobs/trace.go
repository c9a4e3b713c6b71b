package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const scope = "foyer/core/jobs"

// metadata is our part of a job's metadata; River adds keys of its own.
type metadata struct {
	Trace propagation.MapCarrier `json:"trace,omitempty"`
	// Delay is how long the job may wait by design, in milliseconds (mend).
	Delay int64 `json:"foyer:delay"`
}

// carry writes the job's delay, and the trace of ctx for its later attempts.
func carry(ctx context.Context, delay time.Duration) ([]byte, error) {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	b, err := json.Marshal(metadata{Trace: carrier, Delay: max(delay, 0).Milliseconds()})
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	return b, nil
}

// continueTrace starts the span of an attempt, in the trace that stored the job.
func continueTrace(ctx context.Context, row *rivertype.JobRow, moduleName, kind string) (context.Context, trace.Span) {
	var m metadata
	if json.Unmarshal(row.Metadata, &m) == nil && len(m.Trace) > 0 {
		ctx = otel.GetTextMapPropagator().Extract(ctx, m.Trace)
	}
	return otel.Tracer(scope).Start(ctx, "job "+moduleName+" "+kind, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(
			attribute.Int64("job.id", row.ID), attribute.Int("job.attempt", row.Attempt),
			attribute.String("job.module", moduleName), attribute.String("job.kind", kind),
		))
}

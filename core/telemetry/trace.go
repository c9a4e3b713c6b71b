package telemetry

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"foyer/core/config"
	"foyer/sdk/otlp"
	"foyer/sdk/plugin/wire"
)

// Shutdown flushes and ends what a setup started.
type Shutdown func(context.Context) error

// SetupTraces installs the process's tracer provider and the W3C propagator.
// Without an endpoint no spans are recorded, and they cost next to nothing.
// service names the process, such as "foyer-gateway".
func SetupTraces(ctx context.Context, cfg config.Telemetry, service, version string) (Shutdown, error) {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{}, propagation.Baggage{}))
	return otlp.Setup(ctx, wire.Traces{OTLPEndpoint: cfg.OTLPEndpoint, SampleRatio: cfg.SampleRatio}, service, version)
}

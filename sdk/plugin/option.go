package plugin

import (
	"context"

	"foyer/sdk/plugin/wire"
)

// Option is an option of Serve.
type Option func(*moduleServer)

// ExportTraces makes the process send its own spans to where the gateway sends
// its spans, with otlp.Setup. Without it trace contexts are passed on, and no
// spans made.
func ExportTraces(setup func(ctx context.Context, to wire.Traces, service, version string) (flush func(context.Context) error, err error)) Option {
	return func(s *moduleServer) { s.export = setup }
}

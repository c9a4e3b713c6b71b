package plugin

import (
	"context"

	"foyer/sdk/plugin/wire"
)

// Option is a choice of Serve.
type Option func(*moduleServer)

// ExportTraces has the process send its own spans to where the gateway sends
// its, with otlp.Setup. Without it trace contexts are handed on, and no spans made.
func ExportTraces(setup func(ctx context.Context, to wire.Traces, service, version string) (flush func(context.Context) error, err error)) Option {
	return func(s *moduleServer) { s.export = setup }
}

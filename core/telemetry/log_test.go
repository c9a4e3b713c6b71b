package telemetry_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/config"
	"foyer/core/telemetry"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestLogger_carries_request_and_trace_ids_in_both_formats(t *testing.T) {
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	ctx := trace.ContextWithSpanContext(module.WithRequestID(context.Background(), "req-1"), sc)
	for _, format := range []string{"json", "text"} {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			log, err := telemetry.NewLogger(config.Telemetry{LogLevel: "info", LogFormat: format}, &out)
			require.NoError(t, err)
			log.With("a", 1).InfoContext(ctx, "hello")
			require.Contains(t, out.String(), "req-1")
			require.Contains(t, out.String(), sc.TraceID().String())
		})
	}
}

func TestLogger_never_shows_secrets_however_they_are_logged(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLogger(config.Telemetry{LogLevel: "debug", LogFormat: "json"}, &out)
	require.NoError(t, err)
	s := conf.NewSecret("hunter2")
	log.Info("a", "value", s, "api_secret", "hunter2", "Authorization", "Bearer hunter2",
		slog.Group("g", "cookie", "hunter2"))
	log.With("access_token", "hunter2").Info("b")
	require.NotContains(t, out.String(), "hunter2")
}

func TestLogger_refuses_unknown_level_and_format(t *testing.T) {
	for _, cfg := range []config.Telemetry{{LogLevel: "loud", LogFormat: "json"}, {LogLevel: "info", LogFormat: "xml"}} {
		_, err := telemetry.NewLogger(cfg, &bytes.Buffer{})
		require.Error(t, err)
	}
}

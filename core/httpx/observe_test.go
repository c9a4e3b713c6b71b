package httpx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/core/telemetry"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func TestAccess_log_shows_the_pattern_and_nothing_a_client_sent(t *testing.T) {
	h := build(t, config.HTTP{}, core(
		route("GET", "/api/v1.0/rooms/:room/", module.Public, ""),
		handler("GET", "/fails/", func(w http.ResponseWriter, r *http.Request) { reply.Fail(w, r, context.DeadlineExceeded) })))
	var out bytes.Buffer
	log, err := telemetry.NewLogger(config.Telemetry{LogLevel: "info", LogFormat: "json"}, &out)
	require.NoError(t, err)
	h.options.Log = log
	h.rebuild(core(
		route("GET", "/api/v1.0/rooms/:room/", module.Public, ""),
		handler("GET", "/fails/", func(w http.ResponseWriter, r *http.Request) { reply.Fail(w, r, context.DeadlineExceeded) })))

	h.ask("GET", "/api/v1.0/rooms/hunter2?password=hunter2", "Authorization", "Bearer hunter2", "Cookie", "sessionid=hunter2",
		"User-Agent", "hunter2", "X-Request-Id", "request-1")
	require.NotContains(t, out.String(), "hunter2")
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "/api/v1.0/rooms/:room/", line["route"])
	require.Equal(t, "GET", line["method"])
	require.EqualValues(t, 200, line["status"])
	require.Equal(t, "request-1", line["request_id"])
	require.Positive(t, line["bytes"])
	require.Less(t, line["took_ms"], 60e3, "milliseconds")

	out.Reset()
	require.Equal(t, 500, h.ask("GET", "/fails/").Code)
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "ERROR", line["level"])
	require.Equal(t, "context deadline exceeded", line["error"])

	out.Reset()
	h.ask("HUNTER2", "/hunter2")
	require.NotContains(t, out.String(), "HUNTER2")
	require.NotContains(t, out.String(), "hunter2")
	require.Contains(t, out.String(), `"route":"unknown"`)
}

func TestAccess_log_is_silent_about_probes_that_find_all_well(t *testing.T) {
	h := build(t, config.HTTP{})
	var sick error
	h.options.Health = &httpx.Health{Ready: func(context.Context) error { return sick }}
	h.rebuild()
	for _, path := range []string{"/__heartbeat__", "/__lbheartbeat__/"} {
		require.Equal(t, 200, h.ask("GET", path).Code)
	}
	require.Empty(t, h.logs.String())
	sick = errors.New("store is gone")
	require.Equal(t, 500, h.ask("GET", "/__heartbeat__").Code)
	require.Contains(t, h.logs.String(), `"route":"/__heartbeat__/"`)
}

// observed records spans and measurements while the test runs.
func observed(t *testing.T) (*tracetest.SpanRecorder, *sdkmetric.ManualReader) {
	t.Helper()
	spans, reader := tracetest.NewSpanRecorder(), sdkmetric.NewManualReader()
	tp, mp := otel.GetTracerProvider(), otel.GetMeterProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	otel.SetMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	t.Cleanup(func() { otel.SetTracerProvider(tp); otel.SetMeterProvider(mp) })
	return spans, reader
}

func TestRequests_are_measured_by_route_and_status(t *testing.T) {
	spans, reader := observed(t)
	h := build(t, config.HTTP{}, core(route("GET", "/api/v1.0/rooms/:room/", module.Public, "")))
	h.ask("GET", "/api/v1.0/rooms/a/")
	h.ask("GET", "/api/v1.0/rooms/b")
	h.ask("POST", "/api/v1.0/rooms/b/")
	for _, path := range []string{"/a", "/b", "/c"} {
		h.ask("SCAN", path)
	}
	var data metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &data))
	counts := map[string]uint64{}
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			if hist, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "http.server.request.duration" {
				for _, p := range hist.DataPoints {
					counts[p.Attributes.Encoded(attribute.DefaultEncoder())] = p.Count
				}
			}
		}
	}
	require.Equal(t, map[string]uint64{
		"http.request.method=GET,http.response.status_code=200,http.route=/api/v1.0/rooms/:room/":  2,
		"http.request.method=POST,http.response.status_code=405,http.route=/api/v1.0/rooms/:room/": 1,
		"http.request.method=other,http.response.status_code=404,http.route=unknown":               3,
	}, counts)
	require.Len(t, spans.Ended(), 6)
	require.Equal(t, "GET /api/v1.0/rooms/:room/", spans.Ended()[0].Name())
	require.Equal(t, "other unknown", spans.Ended()[5].Name())
}

func BenchmarkPipeline(b *testing.B) {
	t := &testing.T{}
	h := build(t, config.HTTP{}, core(module.Route{Method: "GET", Path: "/api/v1.0/x/", Flag: "on", Access: module.Public,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })}))
	h.gates["on"] = true
	h.options.Log = slog.New(slog.DiscardHandler)
	h.rebuild(core(module.Route{Method: "GET", Path: "/api/v1.0/x/", Flag: "on", Access: module.Public,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })}))
	r := httptest.NewRequest("GET", "/api/v1.0/x/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
}

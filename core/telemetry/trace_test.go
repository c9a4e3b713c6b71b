package telemetry_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/coretest"
)

func TestTrace_of_a_request_holds_its_statements(t *testing.T) {
	for name, engine := range coretest.Engines { // one after the other: the provider is the program's
		t.Run(name, func(t *testing.T) { traced(t, engine) })
	}
}

func traced(t *testing.T, engine coretest.Setting) {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(provider)
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	h := coretest.Open(t, engine)
	h.SignIn("ada").Create(coretest.Object{"name": "Traced"})
	spans.Reset()

	const caller = "0af7651916cd43dd8448eb211c80319c"
	a := h.Anonymous().Get("/api/v1.0/rooms/traced/", "traceparent", "00-"+caller+"-b7ad6b7169203331-01", "X-Request-Id", "request-of-the-test")
	require.Equal(t, http.StatusOK, a.Status)
	require.Equal(t, "request-of-the-test", a.Header.Get("X-Request-Id"))
	var request tracetest.SpanStub
	find := func(match func(tracetest.SpanStub) bool) func() bool {
		return func() bool {
			for _, s := range spans.GetSpans() {
				if s.SpanContext.TraceID().String() == caller && match(s) {
					request = s
					return true
				}
			}
			return false
		}
	}
	require.Eventually(t, find(func(s tracetest.SpanStub) bool {
		return s.SpanKind == trace.SpanKindServer && s.Name == "GET /api/v1.0/rooms/:room/"
	}), coretest.WaitLong, coretest.WaitShort)
	server := request
	require.True(t, find(func(s tracetest.SpanStub) bool {
		return s.SpanKind == trace.SpanKindClient && s.Parent.SpanID() == server.SpanContext.SpanID() && isStatement(s)
	})(), "the request's span has no statement below it")

	line := func() bool {
		for _, l := range strings.Split(h.Logs.String(), "\n") {
			if strings.Contains(l, "request-of-the-test") && strings.Contains(l, caller) {
				return true
			}
		}
		return false
	}
	require.Eventually(t, line, coretest.WaitLong, coretest.WaitShort, "no log line names request and trace")
}

func isStatement(s tracetest.SpanStub) bool {
	for _, a := range s.Attributes {
		if (a.Key == "db.query.text" || a.Key == "db.statement") && strings.Contains(a.Value.AsString(), "meet_room") {
			return true
		}
	}
	return false
}

package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"foyer/core/store"
)

func TestSQLite_statements_are_spans_of_a_recorded_trace_without_their_arguments(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	ctx, parent := provider.Tracer("test").Start(t.Context(), "request")
	private := "private-subject"
	_, err := s.CreateUser(ctx, store.User{Sub: &private})
	require.NoError(t, err)
	require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error { _, err := tx.UserBySub(ctx, private); return err }))
	_, err = s.CreateUser(ctx, store.User{Sub: &private})
	require.ErrorIs(t, err, store.ErrConflict)
	got := spans.GetSpans()
	require.Len(t, got, 3)
	for i, code := range []codes.Code{codes.Unset, codes.Unset, codes.Error} {
		require.Equal(t, parent.SpanContext().SpanID(), got[i].Parent.SpanID())
		require.Equal(t, code, got[i].Status.Code)
		for _, a := range append(got[i].Attributes, eventAttributes(got[i])...) {
			require.NotContains(t, a.Value.String(), private)
		}
	}
	parent.End()
	_, err = s.UserBySub(t.Context(), private)
	require.NoError(t, err)
	require.Len(t, spans.GetSpans(), 4, "none without a trace")
}

func eventAttributes(s tracetest.SpanStub) (list []attribute.KeyValue) {
	for _, e := range s.Events {
		list = append(list, e.Attributes...)
	}
	return list
}

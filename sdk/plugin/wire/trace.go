package wire

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Two interceptors do here what otelgrpc would, without the requirements that
// authors of modules would inherit from it. Calls outside a trace cost nothing.

// tracedCall makes a span for a call and sends the trace context along.
func tracedCall(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return next(ctx, method, req, reply, cc, opts...)
	}
	ctx, span := startSpan(ctx, method, trace.SpanKindClient)
	defer span.End()
	sent := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, sent)
	for name, value := range sent {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	err := next(ctx, method, req, reply, cc, opts...)
	tell(span, err)
	return err
}

// tracedAnswer makes a span for answering a call that came with a trace context.
func tracedAnswer(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	got, ok := metadata.FromIncomingContext(ctx)
	if !ok || len(got["traceparent"]) == 0 {
		return next(ctx, req)
	}
	sent := propagation.MapCarrier{}
	for _, name := range (propagation.TraceContext{}).Fields() {
		if values := got[name]; len(values) > 0 {
			sent[name] = values[0]
		}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, sent)
	ctx, span := startSpan(ctx, info.FullMethod, trace.SpanKindServer)
	defer span.End()
	out, err := next(ctx, req)
	tell(span, err)
	return out, err
}

func startSpan(ctx context.Context, method string, kind trace.SpanKind) (context.Context, trace.Span) {
	return otel.Tracer("foyer/sdk/plugin").Start(ctx, strings.TrimPrefix(method, "/"), trace.WithSpanKind(kind))
}

func tell(span trace.Span, err error) {
	if err != nil && span.IsRecording() {
		span.SetStatus(codes.Error, status.Code(err).String())
	}
}

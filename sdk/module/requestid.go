package module

import "context"

type requestIDKey struct{}

// WithRequestID returns a context that carries the request's id; the host
// calls it.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request, which its answer and its log lines
// carry too; "" without one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

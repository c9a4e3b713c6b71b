package wire

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// recovered turns a panic into an error of that call.
func recovered(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (out any, err error) {
		defer func() {
			if v := recover(); v != nil {
				log.ErrorContext(ctx, "panic in a call", "call", info.FullMethod, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				err = status.Errorf(codes.Internal, "panic: %v", v)
			}
		}()
		return next(ctx, req)
	}
}

// limitedCall gives a deadline to calls that have none.
func limitedCall(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if _, ok := ctx.Deadline(); !ok {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, callTimeout)
		defer stop()
	}
	return next(ctx, method, req, reply, cc, opts...)
}

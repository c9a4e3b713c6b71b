package wire

import (
	"log/slog"

	"google.golang.org/grpc"
)

// ServerOptions are the gRPC server options of both sides.
func ServerOptions(log *slog.Logger) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MessageLimit),
		grpc.ChainUnaryInterceptor(tracedAnswer, recovered(log)),
	}
}

// DialOptions are the gRPC client options of both sides.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MessageLimit)),
		grpc.WithChainUnaryInterceptor(limitedCall, tracedCall),
	}
}

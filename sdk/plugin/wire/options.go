package wire

import (
	"log/slog"

	"google.golang.org/grpc"
)

// ServerOptions are those of both sides' gRPC servers.
func ServerOptions(log *slog.Logger) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MessageLimit),
		grpc.ChainUnaryInterceptor(tracedAnswer, recovered(log)),
	}
}

// DialOptions are those of both sides' gRPC clients.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MessageLimit)),
		grpc.WithChainUnaryInterceptor(limitedCall, tracedCall),
	}
}

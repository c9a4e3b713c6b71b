package plugin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"

	"foyer/core/config"
	"foyer/core/module"
	modulev1 "foyer/core/plugin/proto/module/v1"
	"foyer/core/telemetry"
)

// stopTimeout bounds the end of a module whose gateway did not ask for it.
const stopTimeout = 10 * time.Second

// Serve runs m for the gateway that started this process, and returns when it
// asks the process to end. It is all of a module's main function:
//
//	func main() {
//		if err := plugin.Serve(hello.New()); err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			os.Exit(1)
//		}
//	}
//
// The process ends by itself when the gateway is gone. Without a gateway the
// error is ErrByHand.
func Serve(m module.Module) error {
	hs := handshake()
	if os.Getenv(hs.MagicCookieKey) != hs.MagicCookieValue {
		return ErrByHand
	}
	// Taken now: go-plugin replaces os.Stderr by a stream of its own.
	stderr := os.Stderr
	log, err := telemetry.NewLogger(config.Telemetry{LogLevel: os.Getenv(logLevelVariable), LogFormat: "json"}, stderr)
	if err != nil {
		return fmt.Errorf("serve module %s: %w", m.Name(), err)
	}
	go endWithParent(os.Stdin, log)
	s := &moduleServer{module: m, log: log}
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig: hs,
		Plugins:         goplugin.PluginSet{pluginName: &servedPlugin{server: s}},
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, serverOptions(log)...)...)
		},
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: stderr, JSONFormat: true}),
	})
	ctx, stop := context.WithTimeout(context.Background(), stopTimeout)
	defer stop()
	return s.shutdown(ctx)
}

// endWithParent ends this process when the gateway's end of the pipe is closed,
// whatever closed it.
func endWithParent(stdin io.Reader, log *slog.Logger) {
	_, _ = io.Copy(io.Discard, stdin)
	log.Warn("the gateway is gone: the module ends")
	os.Exit(1)
}

// servedPlugin is the module's side of the connection.
type servedPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
	server *moduleServer
}

// GRPCServer registers the module's service.
func (p *servedPlugin) GRPCServer(b *goplugin.GRPCBroker, s *grpc.Server) error {
	p.server.broker = b
	modulev1.RegisterModuleServer(s, p.server)
	return nil
}

// GRPCClient is not of this side.
func (p *servedPlugin) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("the module's side makes no client")
}

// serverOptions are those of both sides' gRPC servers.
func serverOptions(log *slog.Logger) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(messageLimit),
		grpc.StatsHandler(otelgrpc.NewServerHandler(otelgrpc.WithPropagators(propagation.TraceContext{}))),
		grpc.UnaryInterceptor(recovered(log)),
	}
}

// dialOptions are those of both sides' gRPC clients.
func dialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(messageLimit)),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler(otelgrpc.WithPropagators(propagation.TraceContext{}))),
		grpc.WithUnaryInterceptor(limitedCall),
	}
}

package plugin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"foyer/sdk/logging"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/plugin/wire/modulev1"
)

// stopTimeout bounds Stop when the gateway did not ask for it.
const stopTimeout = 10 * time.Second

// Serve runs m for the gateway that started this process, and returns when the
// gateway asks the process to end. It is all that a module's main function needs:
//
//	func main() {
//		if err := plugin.Serve(hello.New()); err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			os.Exit(1)
//		}
//	}
//
// The process ends by itself when the gateway is gone. Without a gateway the
// error is wire.ErrByHand.
func Serve(m module.Module, options ...Option) error {
	hs := wire.Handshake()
	if os.Getenv(hs.MagicCookieKey) != hs.MagicCookieValue {
		return wire.ErrByHand
	}
	// Taken now, because serveGRPC replaces os.Stderr with a stream to the gateway.
	stderr := os.Stderr
	log, err := logging.New(os.Getenv(wire.LogLevelVariable), "json", stderr)
	if err != nil {
		return fmt.Errorf("serve module %s: %w", m.Name(), err)
	}
	go endWithParent(os.Stdin, log)
	s := &moduleServer{module: m, log: log}
	for _, o := range options {
		o(s)
	}
	if err := serveGRPC(hs.ProtocolVersion, s, log); err != nil {
		return fmt.Errorf("serve module %s: %w", m.Name(), err)
	}
	ctx, stop := context.WithTimeout(context.Background(), stopTimeout)
	defer stop()
	return s.shutdown(ctx)
}

// endWithParent ends this process when the gateway's end of the pipe is closed,
// for whatever reason.
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

// GRPCClient fails: this is the module's side.
func (p *servedPlugin) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("the module's side makes no client")
}

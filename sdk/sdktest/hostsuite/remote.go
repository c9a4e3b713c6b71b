package hostsuite

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// silent logs and traces nothing.
type silent struct{}

func (silent) Log() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (silent) Tracer() trace.Tracer { return noop.NewTracerProvider().Tracer("") }

// Remote is h over a connection like that between the gateway and a module's
// process.
func Remote(t testing.TB, h module.Host) module.Host {
	t.Helper()
	dir, err := os.MkdirTemp("", "host") // t.TempDir is longer than the address of a socket may be
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	server := hostapi.NewServer(h)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { server.Stop(); require.NoError(t, <-ended) })
	conn, err := grpc.NewClient("unix:"+l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return hostapi.NewClient(conn, silent{})
}

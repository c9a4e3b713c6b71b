package plugin

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"foyer/sdk/module"
	"foyer/sdk/plugin/localhttp"
)

// webServer serves a module's routes on a unix socket.
type webServer struct {
	server *localhttp.Server
	done   chan struct{}
}

func serveHTTP(m module.Module, socket, token string, l *slog.Logger) (*webServer, error) {
	listener, err := net.Listen("unix", socket) //nolint:noctx // returns at once
	if err != nil {
		return nil, fmt.Errorf("listen for http: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("listen for http: %w", err)
	}
	w := &webServer{done: make(chan struct{}), server: &localhttp.Server{
		Handler: newRouter(m, token, l),
		Panicked: func(v any, stack []byte) {
			l.Error("panic beside a handler", "panic", fmt.Sprint(v), "stack", string(stack))
		},
	}}
	go func() {
		defer close(w.done)
		if err := w.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.Error("module http server ended", "error", err)
		}
	}()
	return w, nil
}

// close cuts off requests that are still running: the gateway has already waited
// for them.
func (w *webServer) close() {
	_ = w.server.Close()
	<-w.done
}

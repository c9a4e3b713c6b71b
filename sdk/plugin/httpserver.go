package plugin

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"

	"foyer/sdk/module"
)

// webServer serves a module's routes on a unix socket.
type webServer struct {
	server *http.Server
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
	w := &webServer{done: make(chan struct{}), server: &http.Server{ //nolint:gosec // see below
		Handler:  newRouter(m, token, l),
		ErrorLog: log.New(quiet{l}, "", 0),
		// No time-outs. Only the gateway can reach the socket, and it closes idle
		// connections first, so no request meets one that is being closed. And a
		// deadline set and cleared for each request would wake the thread that
		// waits for the network: 30 µs.
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

// quiet logs net/http's messages at debug level.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(p []byte) (int, error) {
	q.log.Debug("module http", "text", string(p))
	return len(p), nil
}

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
		// No time-outs. Nobody but the gateway reaches the socket, and it closes
		// idle connections first, so that no request meets one that is being
		// closed. Besides, a deadline set and cleared for each request wakes the
		// thread that waits for the network: 30 µs.
	}}
	go func() {
		defer close(w.done)
		if err := w.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.Error("module http server ended", "error", err)
		}
	}()
	return w, nil
}

// close cuts off what still runs: the gateway has waited for requests to end.
func (w *webServer) close() {
	_ = w.server.Close()
	<-w.done
}

// quiet logs what net/http says at debug level.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(p []byte) (int, error) {
	q.log.Debug("module http", "text", string(p))
	return len(p), nil
}

package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"foyer/core/config"
)

// ErrListen says that an address cannot be listened on.
var ErrListen = errors.New("cannot listen")

// Listen opens the listener of addr; key names the setting in the error.
func Listen(ctx context.Context, addr, key string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w on %s (%s): %w", ErrListen, addr, key, err)
	}
	return l, nil
}

// Server serves a handler that can be replaced while it runs.
type Server struct {
	http    *http.Server
	handler atomic.Pointer[http.Handler]
	drain   time.Duration
}

const (
	maxHeader = 32 << 10 // bytes
	idleTime  = 2 * time.Minute
)

// NewServer makes a server of h.
func NewServer(cfg config.HTTP, h http.Handler, log *slog.Logger) *Server {
	s := &Server{drain: cfg.DrainTimeout}
	s.Swap(h)
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: cfg.ReadTimeout,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// ServeHTTP answers with the handler of the moment.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.handler.Load()).ServeHTTP(w, r)
}

// Swap replaces the handler for the requests that come.
func (s *Server) Swap(h http.Handler) { s.handler.Store(&h) }

// Serve answers on l until ctx ends, then lets requests finish for the drain
// time and closes what is left.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	err := s.http.Shutdown(end)
	if err != nil {
		err = errors.Join(fmt.Errorf("drain requests: %w", err), s.http.Close())
	}
	if serveErr := <-failed; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

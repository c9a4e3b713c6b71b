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

// ErrListen means that an address cannot be listened on.
var ErrListen = errors.New("cannot listen")

// Listen opens a listener on addr; key names the setting in the error.
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
	http     *http.Server
	handler  atomic.Pointer[http.Handler]
	conns    conns
	drain    time.Duration
	patience time.Duration // with clients, once it is stopping
	log      *slog.Logger
}

const (
	maxHeader = 32 << 10 // bytes
	idleTime  = 2 * time.Minute
	// clientTime is how long a stop waits for a client that moves no data, or
	// next to none.
	clientTime = 5 * time.Second
)

// NewServer returns a server of h. Each exchange has deadlines, whatever its
// handler does: for the request to arrive, body included, and for the answer to
// be taken. Streams lift them.
func NewServer(cfg config.HTTP, h http.Handler, log *slog.Logger) *Server {
	s := &Server{drain: cfg.DrainTimeout, patience: clientTime, log: log, conns: conns{all: map[*conn]struct{}{}}}
	s.Swap(h)
	s.http = &http.Server{
		Handler:           s,
		ConnContext:       withConn,
		ReadHeaderTimeout: cfg.ReadTimeout,
		ReadTimeout:       cfg.RequestTimeout,
		WriteTimeout:      cfg.AnswerTimeout,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// ServeHTTP answers with the current handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.handler.Load()).ServeHTTP(w, r)
}

// Swap replaces the handler for requests yet to come.
func (s *Server) Swap(h http.Handler) { s.handler.Store(&h) }

// Serve answers on l until ctx ends, then lets requests finish within the drain
// time and closes what is left. Clients that hold up a request are cut off
// earlier, which is not an error; handlers that have not ended are.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(listener{l, &s.conns}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	err := s.stop(end)
	if serveErr := <-failed; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// stop ends what is running, in the time that ctx leaves.
func (s *Server) stop(ctx context.Context) error {
	hurrying, enough := context.WithCancel(ctx)
	cut := make(chan int, 1)
	go func() { cut <- s.conns.hurry(hurrying, s.patience) }()
	err := s.http.Shutdown(ctx)
	enough()
	if n := <-cut; n > 0 {
		s.log.WarnContext(ctx, "connections closed whose clients kept the stop waiting", "count", n)
	}
	if err == nil {
		return nil
	}
	working := s.conns.working()
	closed := s.http.Close()
	if working == 0 { // streams, and last-moment clients
		return closed
	}
	return errors.Join(fmt.Errorf("drain requests, %d of which had not ended: %w", working, err), closed)
}

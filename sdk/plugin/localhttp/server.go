package localhttp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// The pauses after a connection could not be accepted, as net/http has them.
const (
	firstPause   = 5 * time.Millisecond
	longestPause = time.Second
)

// Server answers with Handler. It is used once.
type Server struct {
	Handler http.Handler
	// Panicked is told what a handler panicked with, unless that is
	// http.ErrAbortHandler, and its stack; nil = nobody. The client is cut off
	// either way.
	Panicked func(v any, stack []byte)

	mu       sync.Mutex
	closed   bool
	base     context.Context //nolint:containedctx // of all requests, as in http.Server
	listener net.Listener
	conns    map[*conn]struct{}
	running  map[*conn]struct{} // those with a request
	watching bool
}

// Serve accepts connections until Close; the error is then http.ErrServerClosed.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listener, s.conns, s.running = l, map[*conn]struct{}{}, map[*conn]struct{}{}
	// httputil.ReverseProxy looks for the server: without one an answer that broke
	// off behind it would end as if it were whole.
	s.base = context.WithValue(context.Background(), http.ServerContextKey, &http.Server{Handler: s.Handler}) //nolint:gosec // serves nothing
	s.base = context.WithValue(s.base, http.LocalAddrContextKey, l.Addr())
	closed := s.closed
	s.mu.Unlock()
	defer l.Close()
	pause := time.Duration(0)
	if closed {
		return http.ErrServerClosed
	}
	for {
		nc, err := l.Accept()
		if err != nil {
			if s.isClosed() {
				return http.ErrServerClosed
			}
			if e := net.Error(nil); !errors.As(err, &e) || !e.Temporary() { //nolint:staticcheck // as net/http does
				return err
			}
			// No more descriptors, for example: requests that end free some.
			pause = min(max(2*pause, firstPause), longestPause)
			time.Sleep(pause)
			continue
		}
		pause = 0
		if c := newConn(s, nc); s.keep(c) {
			go c.serve()
		} else {
			_ = nc.Close()
		}
	}
}

// Close closes the listener and cuts off all requests. It does not wait for their
// handlers.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		c.end()
		_ = c.Close()
	}
	if s.listener == nil {
		return nil
	}
	return s.listener.Close()
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Server) keep(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.conns[c] = struct{}{}
	}
	return !s.closed
}

func (s *Server) drop(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// begin returns the context of a request, which ends with its client.
func (s *Server) begin(c *conn) context.Context {
	ctx, end := context.WithCancel(s.base)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.end, c.looks = end, 0
	if s.closed {
		end()
	}
	s.running[c] = struct{}{}
	if !s.watching {
		s.watching = true
		go s.watch()
	}
	return ctx
}

// finish ends what begin began.
func (s *Server) finish(c *conn) {
	s.leave(c)
	c.end()
}

// leave stops looking at the connection's client.
func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, c)
}

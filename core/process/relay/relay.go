package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	dialTimeout = time.Second
	// maxIdle connections are kept, each for idleTime. The server must not close
	// idle connections first: a request that runs into that is lost.
	maxIdle  = 256
	idleTime = 90 * time.Second
)

// Relay passes requests to one server. It is safe for concurrent use.
type Relay struct {
	socket string
	dialer net.Dialer

	mu      sync.Mutex
	idle    []*conn // most recently used last
	waiting map[*exchange]struct{}
	closed  bool
}

// What Serve fails with, besides errors of the connection.
var (
	// ErrUnreached: no handler of the server saw the request, and none of its
	// body was read. It may be sent again.
	ErrUnreached = errors.New("not reached")
	// ErrBody: the request's body cannot be read.
	ErrBody = errors.New("read body")
	// ErrLate: the server took the request but did not begin to answer in time.
	ErrLate = errors.New("no answer in time")
)

// New returns a relay to the server listening on the unix socket.
func New(socket string) *Relay {
	return &Relay{socket: socket, dialer: net.Dialer{Timeout: dialTimeout}, waiting: map[*exchange]struct{}{}}
}

// Serve sends the request with the headers of extra in addition to its own, and
// writes the answer to w. An error, ErrUnreached and ErrLate among them, means
// that there was no answer; w is then unchanged. An answer that breaks off panics
// with http.ErrAbortHandler, which is how net/http tells the client.
//
// An error of the request's body is in the chain: *http.MaxBytesError if w must
// refuse it.
func (r *Relay) Serve(w http.ResponseWriter, in *http.Request, extra http.Header) error {
	c, err := r.take(in.Context())
	if err != nil {
		return fmt.Errorf("connect: %w: %w", ErrUnreached, err)
	}
	whole := false
	// A request that ends early takes its connection with it, so the server
	// notices.
	detach := context.AfterFunc(in.Context(), func() { _ = c.Close() })
	defer func() {
		if detach() && whole {
			r.put(c)
		} else {
			_ = c.Close()
		}
	}()
	x := &exchange{conn: c, in: in}
	r.await(x)
	answer, err := x.ask(extra)
	r.answered(x)
	if x.late.Load() {
		err = ErrLate
	}
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return x.upgrade(w, answer)
	}
	x.give(w, answer)
	whole = !answer.Close && x.sent()
	return nil
}

// Close closes idle connections, and each of the others once it becomes idle.
func (r *Relay) Close() {
	r.mu.Lock()
	idle := r.idle
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	closeAll(idle)
}

// take returns the most recently used connection, or a new one.
func (r *Relay) take(ctx context.Context) (*conn, error) {
	for c := r.last(); c != nil; c = r.last() {
		if c.silent() {
			return c, nil
		}
		_ = c.Close()
	}
	nc, err := r.dialer.DialContext(ctx, "unix", r.socket)
	if err != nil {
		return nil, err
	}
	return newConn(nc), nil
}

func (r *Relay) last() (c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle) - 1; n >= 0 {
		c, r.idle = r.idle[n], r.idle[:n]
	}
	return c
}

// put keeps the connection, unless the server sent more than its answer, and
// closes those that have been idle for long.
func (r *Relay) put(c *conn) {
	c.since = time.Now()
	r.mu.Lock()
	var old []*conn
	if r.closed || len(r.idle) == maxIdle || c.in.Buffered() > 0 {
		old = append(old, c)
	} else {
		r.idle = append(r.idle, c)
	}
	stale := 0
	for stale < len(r.idle) && c.since.Sub(r.idle[stale].since) > idleTime {
		stale++
	}
	if stale > 0 {
		old = append(old, r.idle[:stale]...)
		r.idle = append(r.idle[:0], r.idle[stale:]...)
	}
	r.mu.Unlock()
	closeAll(old)
}

func closeAll(all []*conn) {
	for _, c := range all {
		_ = c.Close()
	}
}

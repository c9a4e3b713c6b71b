package httpx

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// conns are the open connections of a server, and who each one waits for: a
// stop gives handlers time, and clients little.
type conns struct {
	mu  sync.Mutex
	all map[*conn]struct{}
}

// listener hands out connections that are known.
type listener struct {
	net.Listener
	conns *conns
}

// Accept waits for the next one.
func (l listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: nc, set: l.conns}
	c.set.mu.Lock()
	c.set.all[c] = struct{}{}
	c.set.mu.Unlock()
	return c, nil
}

// conn is one connection.
type conn struct {
	net.Conn
	set              *conns
	reading, writing atomic.Int64 // since when, in nanoseconds of Unix time; 0 = not
	stream           atomic.Bool  // its exchange is one
}

// Read notes that the client is waited for. A read of one byte is none: so
// net/http looks whether the client leaves, while the handler works.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) > 1 {
		c.reading.Store(time.Now().UnixNano())
		defer c.reading.Store(0)
	}
	return c.Conn.Read(p)
}

// Write notes that the client is waited for.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.Store(time.Now().UnixNano())
	defer c.writing.Store(0)
	return c.Conn.Write(p)
}

// CloseWrite ends our direction, as TCP can.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// Close is net.Conn's.
func (c *conn) Close() error {
	c.set.mu.Lock()
	delete(c.set.all, c)
	c.set.mu.Unlock()
	return c.Conn.Close()
}

// waits tells whether the client has been waited for since before then.
func (c *conn) waits(then time.Time) bool {
	for _, since := range []int64{c.reading.Load(), c.writing.Load()} {
		if since != 0 && since <= then.UnixNano() {
			return true
		}
	}
	return false
}

// those gives the connections that f finds.
func (s *conns) those(f func(c *conn) bool) (found []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.all {
		if f(c) {
			found = append(found, c)
		}
	}
	return found
}

// hurryEvery is how often a stop looks for clients that are waited for.
const hurryEvery = 50 * time.Millisecond

// hurry closes connections whose client is waited for longer than patience,
// until ctx ends, and tells how many. Streams may have such pauses.
func (s *conns) hurry(ctx context.Context, patience time.Duration) (cut int) {
	tick := time.NewTicker(hurryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return cut
		case now := <-tick.C:
			for _, c := range s.those(func(c *conn) bool { return !c.stream.Load() && c.waits(now.Add(-patience)) }) {
				cut++
				_ = c.Close()
			}
		}
	}
}

// working counts the connections whose handler has not ended.
func (s *conns) working() int {
	return len(s.those(func(c *conn) bool { return !c.stream.Load() && !c.waits(time.Now()) }))
}

type connKey struct{}

// withConn lets a request's context lead to its connection.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// markStream notes that the exchange on the context's connection is a stream,
// or no longer one.
func markStream(ctx context.Context, on bool) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.stream.Store(on)
	}
}

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
	stopping atomic.Int64 // since when, in nanoseconds of Unix time; 0 = not

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

	mu   sync.Mutex
	debt time.Duration // what the client took of a stop's time and gave nothing for
}

// leastRate is what a client has to send or take while a stop waits for it, in
// bytes a second: a full body, 1 MiB, is not there before the drain time is over
// at less. Who is slower is waited for no longer than who is silent.
const leastRate = 8 << 10

// Read notes that the client is waited for. A read of one byte is none: so
// net/http looks whether the client leaves, while the handler works.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) <= 1 {
		return c.Conn.Read(p)
	}
	return c.wait(&c.reading, c.Conn.Read, p)
}

// Write notes that the client is waited for.
func (c *conn) Write(p []byte) (int, error) { return c.wait(&c.writing, c.Conn.Write, p) }

// wait notes in since that move waits for the client, and what it cost a stop.
func (c *conn) wait(since *atomic.Int64, move func([]byte) (int, error), p []byte) (n int, err error) {
	began := time.Now().UnixNano()
	since.Store(began)
	n, err = move(p)
	since.Store(0)
	if spent := c.set.spent(began, time.Now()); spent > 0 {
		c.mu.Lock()
		c.debt = max(0, c.debt+spent-time.Duration(n)*time.Second/leastRate)
		c.mu.Unlock()
	}
	return n, err
}

// spent is how much of a stop's time has gone from then until now.
func (s *conns) spent(then int64, now time.Time) time.Duration {
	stopping := s.stopping.Load()
	if stopping == 0 || then == 0 {
		return 0
	}
	return max(0, time.Duration(now.UnixNano()-max(then, stopping)))
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

// drags tells whether the client has taken more than patience of a stop's time
// and sent, or taken, too little for it.
func (c *conn) drags(now time.Time, patience time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.debt+max(c.set.spent(c.reading.Load(), now), c.set.spent(c.writing.Load(), now)) > patience
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

// hurry closes connections whose client is waited for longer than patience, at
// once or in many small parts, until ctx ends, and tells how many. Streams may
// have such pauses.
func (s *conns) hurry(ctx context.Context, patience time.Duration) (cut int) {
	s.stopping.Store(time.Now().UnixNano())
	tick := time.NewTicker(hurryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return cut
		case now := <-tick.C:
			for _, c := range s.those(func(c *conn) bool {
				return !c.stream.Load() && (c.waits(now.Add(-patience)) || c.drags(now, patience))
			}) {
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

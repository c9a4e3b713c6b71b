package httpx

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// conns tracks a server's open connections and which side each one is waiting
// for: on a stop, handlers get time and clients little.
type conns struct {
	stopping atomic.Int64 // since when, in nanoseconds of Unix time; 0 = not

	mu  sync.Mutex
	all map[*conn]struct{}
}

// listener hands out connections that conns tracks.
type listener struct {
	net.Listener
	conns *conns
}

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

// conn is a tracked connection.
type conn struct {
	net.Conn
	set              *conns
	reading, writing atomic.Int64 // since when, in nanoseconds of Unix time; 0 = not
	stream           atomic.Bool  // the current exchange is a stream

	mu   sync.Mutex
	debt time.Duration // how much of the stop's time the client used up without moving data
}

// leastRate is what a client must send or take while a stop waits for it, in
// bytes a second: at less, a full body (1 MiB) would not arrive within the drain
// time. A slower client gets no more time than a silent one.
const leastRate = 8 << 10

// Read notes that the client is being waited for. One-byte reads are ignored:
// that is how net/http detects a client leaving while the handler works.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) <= 1 {
		return c.Conn.Read(p)
	}
	return c.wait(&c.reading, c.Conn.Read, p)
}

// Write notes that the client is being waited for.
func (c *conn) Write(p []byte) (int, error) { return c.wait(&c.writing, c.Conn.Write, p) }

// wait notes in since that move is waiting for the client, and charges what it
// cost a stop.
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

// spent returns how much of a stop's time has passed since then.
func (s *conns) spent(then int64, now time.Time) time.Duration {
	stopping := s.stopping.Load()
	if stopping == 0 || then == 0 {
		return 0
	}
	return max(0, time.Duration(now.UnixNano()-max(then, stopping)))
}

// CloseWrite shuts down our direction, as TCP can.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

func (c *conn) Close() error {
	c.set.mu.Lock()
	delete(c.set.all, c)
	c.set.mu.Unlock()
	return c.Conn.Close()
}

// waits reports whether the client has been waited for since before then.
func (c *conn) waits(then time.Time) bool {
	for _, since := range []int64{c.reading.Load(), c.writing.Load()} {
		if since != 0 && since <= then.UnixNano() {
			return true
		}
	}
	return false
}

// drags reports whether the client has used more than patience of a stop's time
// and moved too little data for it.
func (c *conn) drags(now time.Time, patience time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.debt+max(c.set.spent(c.reading.Load(), now), c.set.spent(c.writing.Load(), now)) > patience
}

// those returns the connections for which f is true.
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

// hurryEvery is how often a stop looks for clients that keep it waiting.
const hurryEvery = 50 * time.Millisecond

// hurry closes connections whose client has kept a stop waiting for longer than
// patience, in one piece or in many, until ctx ends, and returns how many.
// Streams may pause that long.
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

// withConn makes a request's connection reachable from its context.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// markStream notes whether the exchange on the context's connection is a stream.
func markStream(ctx context.Context, on bool) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.stream.Store(on)
	}
}

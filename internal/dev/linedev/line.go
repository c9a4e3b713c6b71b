package linedev

import (
	"cmp"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Line forwards connections.
type Line struct {
	addr, network, to string

	mu       sync.Mutex
	listener net.Listener // nil while the line is cut
	ends     []net.Conn
	busy     sync.WaitGroup
}

// NewT returns a line to the server in a URL, and the URL that reaches it through the
// line. It ends with the test.
func NewT(t testing.TB, to string) (*Line, string) {
	t.Helper()
	u, err := url.Parse(to)
	require.NoError(t, err)
	l := &Line{addr: "127.0.0.1:0", network: "tcp", to: u.Host}
	if q := u.Query(); q.Get("host") != "" { // PostgreSQL's socket
		l.network, l.to = "unix", filepath.Join(q.Get("host"), ".s.PGSQL."+cmp.Or(q.Get("port"), "5432"))
		q.Del("host")
		q.Del("port")
		q.Set("sslmode", "disable")
		u.RawQuery = q.Encode()
	}
	l.Mend(t)
	t.Cleanup(l.Cut)
	u.Host = l.addr
	return l, u.String()
}

// Mend lets connections through again.
func (l *Line) Mend(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", l.addr)
	require.NoError(t, err)
	l.mu.Lock()
	l.listener, l.addr = listener, listener.Addr().String()
	l.mu.Unlock()
	l.busy.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.busy.Go(func() { l.forward(listener, c) })
		}
	})
}

func (l *Line) forward(of net.Listener, c net.Conn) {
	defer c.Close()
	server, err := net.Dial(l.network, l.to)
	if err != nil {
		return
	}
	defer server.Close()
	l.mu.Lock()
	if l.listener != of { // cut in the meantime
		l.mu.Unlock()
		return
	}
	l.ends = append(l.ends, c, server)
	l.mu.Unlock()
	l.busy.Go(func() { _, _ = io.Copy(server, c); _ = server.Close() })
	_, _ = io.Copy(c, server)
}

// Cut breaks all connections and refuses new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
	for _, c := range l.ends {
		_ = c.Close()
	}
	l.ends = nil
	l.mu.Unlock()
	l.busy.Wait()
}

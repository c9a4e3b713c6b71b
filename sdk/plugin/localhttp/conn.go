package localhttp

import (
	"bufio"
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

const (
	connBuffer = 4 << 10
	// bodyBuffer is what an answer without a length may have and still get one,
	// as in net/http.
	bodyBuffer = 2 << 10
	maxHead    = 2 << 20 // bytes of a request's head; the gateway takes less
	noLimit    = math.MaxInt64
)

var errLongHead = errors.New("the head of the request is too long")

// conn is a connection from the gateway: one request at a time.
type conn struct {
	net.Conn
	server *Server
	in     *bufio.Reader
	out    *bufio.Writer
	body   *bufio.Writer // to the chunks of an answer
	left   int64         // bytes that may still be read

	end   context.CancelFunc // of the request's context
	looks int                // at the client during this request; guarded by the server
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{Conn: nc, server: s, left: noLimit, end: func() {}}
	c.in, c.out, c.body = bufio.NewReaderSize(c, connBuffer), bufio.NewWriterSize(nc, connBuffer), bufio.NewWriterSize(nil, bodyBuffer)
	return c
}

// Read fills the buffer of in.
func (c *conn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errLongHead
	}
	n, err := c.Conn.Read(p)
	c.left -= int64(n)
	return n, err
}

// serve answers requests until one of both ends is closed.
func (c *conn) serve() {
	hijacked := false
	defer func() {
		c.server.drop(c)
		v := recover()
		if v != nil || !hijacked {
			_ = c.Close()
		}
		if err, ok := v.(error); v != nil && c.server.Panicked != nil && (!ok || !errors.Is(err, http.ErrAbortHandler)) {
			c.server.Panicked(v, debug.Stack())
		}
	}()
	for again := true; again; {
		c.left = maxHead
		r, err := http.ReadRequest(c.in)
		if err != nil { // the gateway has closed an idle connection
			return
		}
		c.left = noLimit
		again, hijacked = c.answer(r)
	}
}

// answer runs the handler. again reports whether the connection can take another
// request.
func (c *conn) answer(r *http.Request) (again, hijacked bool) {
	r.RemoteAddr = c.RemoteAddr().String()
	r = r.WithContext(c.server.begin(c))
	defer c.server.finish(c)
	raw := r.Body
	w := &response{conn: c, request: r, length: -1}
	w.chunks.response = w
	c.body.Reset(&w.chunks)
	if raw != http.NoBody {
		w.body.raw, w.body.out, r.Body = raw, c, &w.body
		w.body.expected = strings.EqualFold(r.Header.Get("Expect"), "100-continue") && r.ContentLength != 0
		w.body.may.Store(w.body.expected)
	}
	c.server.Handler.ServeHTTP(w, r)
	if w.hijacked {
		return false, true
	}
	whole := w.finish()
	if w.body.expected && !w.body.asked.Load() { // the body will never come
		return false, false
	}
	// All that is left of the body is on its way, or else the gateway closes.
	err := raw.Close()
	if w.deadlines {
		_ = c.SetDeadline(time.Time{})
	}
	return whole && err == nil && !r.Close, false
}

// ask asks the client for the body of its request.
func (c *conn) ask() error {
	_, _ = c.out.WriteString("HTTP/1.1 100 Continue\r\n\r\n") // Flush returns the error
	return c.out.Flush()
}

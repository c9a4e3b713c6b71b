package relay

import (
	"bufio"
	"errors"
	"math"
	"net"
	"sync"
	"syscall"
	"time"
)

const (
	connBuffer = 4 << 10
	copyBuffer = 32 << 10
	maxHead    = 1 << 20 // approximate bytes of an answer's head
	noLimit    = math.MaxInt64
)

var errLongHead = errors.New("the head of the answer is too long")

// conn is a connection to the server, used by one request at a time.
type conn struct {
	net.Conn
	in    *bufio.Reader
	out   *bufio.Writer
	left  int64     // bytes that may still be read
	wait  func()    // called before a read that may block; nil = nothing
	since time.Time // when it became idle
}

func newConn(nc net.Conn) *conn {
	c := &conn{Conn: nc, left: noLimit}
	c.in, c.out = bufio.NewReaderSize(c, connBuffer), bufio.NewWriterSize(nc, connBuffer)
	return c
}

// Read fills the buffer of in.
func (c *conn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errLongHead
	}
	if c.wait != nil {
		c.wait()
	}
	n, err := c.Conn.Read(p)
	c.left -= int64(n)
	return n, err
}

// silent reports whether the server has neither said anything nor closed since
// the last answer. A handler that panics after its answer closes the connection.
func (c *conn) silent() (yes bool) {
	s, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		yes = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return yes && err == nil
}

// buffers are reused between copies.
var buffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

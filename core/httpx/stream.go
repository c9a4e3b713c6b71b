package httpx

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
)

// stream lifts the deadlines of the whole exchange, which a stream outlives, and
// bounds each read and each write instead. Call done when the handler has ended:
// the rest has a deadline again. The recorders of tests have no deadlines.
func stream(c *gin.Context, cfg config.HTTP) (done func()) {
	ctx, control := c.Request.Context(), http.NewResponseController(c.Writer)
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
	markStream(ctx, true)
	w := &steadyWriter{ResponseWriter: c.Writer, control: control, patience: cfg.AnswerTimeout}
	c.Writer = w
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		c.Request.Body = &steadyBody{ReadCloser: c.Request.Body, control: control, patience: cfg.RequestTimeout}
	}
	return func() {
		markStream(ctx, false)
		if !w.hijacked {
			w.extend()
			extend(control.SetReadDeadline, cfg.RequestTimeout)
		}
	}
}

// extend sets a deadline; zero patience sets none.
func extend(set func(time.Time) error, patience time.Duration) {
	if patience > 0 {
		_ = set(time.Now().Add(patience))
	}
}

// steadyWriter gives each write its own deadline.
type steadyWriter struct {
	gin.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	hijacked bool // the connection is the handler's
}

func (w *steadyWriter) extend() { extend(w.control.SetWriteDeadline, w.patience) }

// Unwrap is for http.ResponseController.
func (w *steadyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *steadyWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p)
}

func (w *steadyWriter) WriteString(text string) (int, error) {
	w.extend()
	return w.ResponseWriter.WriteString(text)
}

func (w *steadyWriter) Flush() {
	w.extend()
	w.ResponseWriter.Flush()
}

func (w *steadyWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := w.ResponseWriter.Hijack()
	w.hijacked = err == nil
	return conn, rw, err
}

// steadyBody gives each read its own deadline.
type steadyBody struct {
	io.ReadCloser
	control  *http.ResponseController
	patience time.Duration
	ended    bool
}

// Read also covers net/http's own reads past the end of the body, which detect a
// client that leaves; those have no deadline.
func (b *steadyBody) Read(p []byte) (int, error) {
	if b.ended {
		return b.ReadCloser.Read(p)
	}
	extend(b.control.SetReadDeadline, b.patience)
	n, err := b.ReadCloser.Read(p)
	if b.ended = err != nil; errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

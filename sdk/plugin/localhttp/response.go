package localhttp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// response is a handler's http.ResponseWriter.
type response struct {
	conn    *conn
	request *http.Request
	header  http.Header
	chunks  chunks
	body    body // of the request

	status    int      // 0 = not chosen
	length    int64    // as the handler announced it, -1 = it did not
	written   int64    // by the handler
	plain     bool     // no type was named and the body may be looked at
	trailers  []string // announced
	trailed   bool     // there may be some, announced or not
	deadlines bool     // some were set
	hijacked  bool
	done      atomic.Bool // the handler has returned; it may have left goroutines behind
}

// errDone keeps what such goroutines write out of the next answer.
var errDone = errors.New("the handler has returned")

// over returns the error of what is called too late.
func (w *response) over() error {
	switch {
	case w.hijacked:
		return http.ErrHijacked
	case w.done.Load():
		return errDone
	}
	return nil
}

func (w *response) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// framing are the headers that come last, or not at all.
var framing = map[string]bool{"Content-Length": true, "Transfer-Encoding": true, "Connection": true}

// WriteHeader writes the head as far as it is known by now: later changes of the
// headers do not count. Hints (1xx) are not sent.
func (w *response) WriteHeader(status int) {
	if w.over() != nil || w.status != 0 || status < http.StatusOK && status >= http.StatusContinue && status != http.StatusSwitchingProtocols {
		return
	}
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid status %d", status))
	}
	w.status = status
	w.body.dontAsk()
	h, out := w.Header(), w.conn.out
	_, typed := h["Content-Type"]
	w.plain = !typed && h.Get("Content-Encoding") == "" && h.Get("Transfer-Encoding") == "" && bodyAllowed(status)
	if text := h.Get("Content-Length"); text != "" {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			w.length = n
		}
	}
	not := framing
	for name := range h {
		late := strings.HasPrefix(name, http.TrailerPrefix)
		if late || status == http.StatusNotModified && name == "Content-Type" {
			not = besides(not, name)
		}
		w.trailed = w.trailed || late
	}
	for _, list := range h["Trailer"] {
		for name := range strings.SplitSeq(list, ",") {
			w.trailers, w.trailed = append(w.trailers, http.CanonicalHeaderKey(strings.TrimSpace(name))), true
		}
	}
	_, _ = out.WriteString("HTTP/1.1 ") // Flush returns the error
	_, _ = out.WriteString(strconv.Itoa(status))
	_, _ = out.WriteString(" ")
	_, _ = out.WriteString(http.StatusText(status))
	_, _ = out.WriteString("\r\n")
	_ = h.WriteSubset(out, not)
}

func besides(names map[string]bool, name string) map[string]bool {
	more := map[string]bool{name: true}
	for n := range names {
		more[n] = true
	}
	return more
}

// bodyAllowed: RFC 9110 6.4.1.
func bodyAllowed(status int) bool {
	return status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified
}

func (w *response) Write(p []byte) (int, error) {
	return w.write(len(p), func() (int, error) { return w.conn.body.Write(p) })
}

func (w *response) WriteString(text string) (int, error) {
	return w.write(len(text), func() (int, error) { return w.conn.body.WriteString(text) })
}

func (w *response) write(n int, write func() (int, error)) (int, error) {
	if err := w.over(); err != nil {
		return 0, err
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if n == 0 {
		return 0, nil
	}
	if !bodyAllowed(w.status) {
		return 0, http.ErrBodyNotAllowed
	}
	if w.written += int64(n); w.length >= 0 && w.written > w.length {
		return 0, http.ErrContentLength
	}
	return write()
}

// Flush sends what there is.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *response) FlushError() error {
	if err := w.over(); err != nil {
		return err
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	err := w.conn.body.Flush()
	w.chunks.begin(nil)
	return errors.Join(err, w.conn.out.Flush())
}

// Hijack hands the connection over; the handler closes it.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := w.over(); err != nil {
		return nil, nil, err
	}
	w.body.dontAsk()
	if w.status != 0 {
		if err := w.FlushError(); err != nil {
			return nil, nil, err
		}
	}
	w.hijacked = true
	c := w.conn
	c.server.leave(c)
	return c.Conn, bufio.NewReadWriter(c.in, c.out), c.SetDeadline(time.Time{})
}

// SetReadDeadline is for http.ResponseController, for this request.
func (w *response) SetReadDeadline(t time.Time) error {
	if w.done.Load() {
		return errDone
	}
	w.deadlines = true
	return w.conn.SetReadDeadline(t)
}

// SetWriteDeadline is for http.ResponseController, for this request.
func (w *response) SetWriteDeadline(t time.Time) error {
	if w.done.Load() {
		return errDone
	}
	w.deadlines = true
	return w.conn.SetWriteDeadline(t)
}

// EnableFullDuplex is for http.ResponseController: it is always so.
func (w *response) EnableFullDuplex() error { return nil }

// finish sends the rest. whole reports whether the client got what was announced.
func (w *response) finish() (whole bool) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.done.Store(true)
	err := w.conn.body.Flush()
	w.chunks.begin(nil)
	w.chunks.finish()
	other := w.length >= 0 && w.written != w.length && bodyAllowed(w.status) && w.request.Method != http.MethodHead
	return errors.Join(err, w.conn.out.Flush()) == nil && !other
}

// chunks is where the body goes, in pieces; the first one ends the head.
type chunks struct {
	response *response
	begun    bool      // the head is complete
	chunked  io.Writer // nil = the body goes out as it is
}

func (k *chunks) Write(p []byte) (int, error) {
	k.begin(p)
	w, out := k.response, k.response.conn.out
	switch {
	case w.request.Method == http.MethodHead:
		return len(p), nil
	case k.chunked != nil:
		return k.chunked.Write(p)
	}
	return out.Write(p)
}

// begin writes the rest of the head, given the first piece of the body. Only a
// whole body is measured.
func (k *chunks) begin(first []byte) {
	if k.begun {
		return
	}
	k.begun = true
	w, out := k.response, k.response.conn.out
	if w.plain && len(first) > 0 {
		_, _ = out.WriteString("Content-Type: " + http.DetectContentType(first) + "\r\n")
	}
	if w.done.Load() && w.length < 0 && !w.trailed && (w.request.Method != http.MethodHead || len(first) > 0) {
		w.length = int64(len(first))
	}
	switch {
	case !bodyAllowed(w.status):
	case w.length >= 0:
		_, _ = out.WriteString("Content-Length: ")
		_, _ = out.WriteString(strconv.FormatInt(w.length, 10))
		_, _ = out.WriteString("\r\n")
	case w.request.Method == http.MethodHead:
	default:
		k.chunked = httputil.NewChunkedWriter(out)
		_, _ = out.WriteString("Transfer-Encoding: chunked\r\n")
	}
	_, _ = out.WriteString("\r\n")
}

func (k *chunks) finish() {
	if k.chunked == nil {
		return
	}
	w, out := k.response, k.response.conn.out
	_, _ = out.WriteString("0\r\n")
	_ = w.trailing().Write(out)
	_, _ = out.WriteString("\r\n")
}

// trailing are the headers that follow the body: those announced, and those with
// http.TrailerPrefix.
func (w *response) trailing() http.Header {
	var t http.Header
	add := func(name string, values []string) {
		if t == nil {
			t = http.Header{}
		}
		t[name] = values
	}
	for _, name := range w.trailers {
		if values, set := w.header[name]; set {
			add(name, values)
		}
	}
	for name, values := range w.header {
		if after, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
			add(after, values)
		}
	}
	return t
}

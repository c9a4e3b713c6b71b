package reply

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
)

// Writer is what handlers write to, in either placement. It holds the status back
// until the first byte: until then the last WriteHeader counts, and whoever fails
// can still say so. Hints (1xx) are not sent: they would not reach the client from
// another process.
type Writer struct {
	http.ResponseWriter
	status int  // as chosen, 0 = not yet
	begun  bool // it is out
}

// NewWriter makes one for the answer to a request.
func NewWriter(w http.ResponseWriter) *Writer { return &Writer{ResponseWriter: w} }

// WriteHeader chooses the status. Like net/http it panics at what is none.
func (w *Writer) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid status %d", status))
	}
	if !w.begun && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
}

func (w *Writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.ResponseWriter.WriteHeader(w.status)
}

func (w *Writer) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(p)
}

// Flush sends what there is, and the status before it.
func (w *Writer) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *Writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack hands the connection over: nothing is answered after it.
func (w *Writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.begun = w.begun || err == nil
	return conn, rw, err
}

// Finish sends the status of an answer without a body; the host calls it when the
// handler has returned.
func (w *Writer) Finish() {
	if w.status != 0 {
		w.begin()
	}
}

// Begun tells whether something of the answer is out.
func (w *Writer) Begun() bool { return w.begun }

// Status is that of the answer, 200 unless the handler chose another.
func (w *Writer) Status() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// Unwrap is for http.ResponseController.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

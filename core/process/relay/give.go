package relay

import (
	"errors"
	"io"
	"net/http"

	"foyer/sdk/plugin/wire"
)

// give writes the answer to w as the server's handler would have.
func (x *exchange) give(w http.ResponseWriter, answer *http.Response) {
	if answer.Header[wire.HeaderAbort] != nil { // its handler wants no answer
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	pass(h, answer.Header)
	if h["Content-Type"] == nil {
		// The server has seen the body and named no type, for example because it
		// came after the headers. A nil entry keeps net/http from guessing again.
		h["Content-Type"] = nil
	}
	announced := len(answer.Trailer)
	for name := range answer.Trailer {
		h.Add("Trailer", name)
	}
	w.WriteHeader(answer.StatusCode)
	if err := x.copyAnswer(w, answer.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
	if answer.ContentLength < 0 {
		// A chunked answer stays chunked, however short it is: trailers need
		// that, and whether a client sees a length should not depend on chance.
		_ = http.NewResponseController(w).Flush()
	}
	for name, values := range answer.Trailer {
		if len(answer.Trailer) != announced {
			name = http.TrailerPrefix + name
		}
		h[name] = values
	}
}

// copyAnswer flushes what it has whenever it must wait for more: what a handler
// flushes goes out, and nothing else is split up.
func (x *exchange) copyAnswer(w http.ResponseWriter, body io.Reader) error {
	flusher := http.NewResponseController(w)
	x.conn.wait = func() { _ = flusher.Flush() }
	defer func() { x.conn.wait = nil }()
	buffer := buffers.Get().(*[copyBuffer]byte)
	defer buffers.Put(buffer)
	for {
		n, err := body.Read(buffer[:])
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

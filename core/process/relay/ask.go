package relay

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
)

// exchange is one request and its answer.
type exchange struct {
	conn *conn
	in   *http.Request
	// body receives how sending the request's body ended; nil = not begun.
	body chan error
	turn turn
	late atomic.Bool // given up: the server's turn lasted too long
}

// ask sends the request and returns the head of the answer.
func (x *exchange) ask(extra http.Header) (*http.Response, error) {
	if err := x.writeHead(extra); err != nil { // no handler runs on half a head
		return nil, fmt.Errorf("send request: %w: %w", ErrUnreached, err)
	}
	if x.hasBody() && x.in.Header.Get("Expect") == "" {
		x.send()
	}
	x.conn.left = maxHead
	defer func() { x.conn.left = noLimit }()
	for {
		answer, err := http.ReadResponse(x.conn.in, x.in)
		switch {
		case err != nil && x.unread(err):
			return nil, fmt.Errorf("read answer: %w: %w", ErrUnreached, err)
		case err != nil:
			return nil, fmt.Errorf("read answer: %w", errors.Join(x.failed(), err))
		case answer.StatusCode == http.StatusContinue:
			// The handler wants the body. Reading it now tells the client to send
			// it.
			if x.hasBody() && x.body == nil {
				x.send()
			}
		case answer.StatusCode < http.StatusOK && answer.StatusCode != http.StatusSwitchingProtocols:
			// A hint, which no handler can give (reply.Writer).
		default:
			return answer, nil
		}
	}
}

// unread tells from how a connection ended whether the server had not yet read
// all of a head: Linux then resets a unix socket instead of closing it
// (unix_release_sock). A body cannot be sent again.
func (x *exchange) unread(err error) bool {
	return runtime.GOOS == "linux" && !x.hasBody() && x.conn.left == maxHead && errors.Is(err, syscall.ECONNRESET)
}

func (x *exchange) hasBody() bool { return x.in.ContentLength != 0 }

func (x *exchange) writeHead(extra http.Header) error {
	in, out := x.in, x.conn.out
	for _, text := range []string{in.Method, " ", in.URL.RequestURI(), " HTTP/1.1\r\nHost: ", in.Host, "\r\n"} {
		_, _ = out.WriteString(text) // Flush returns the error
	}
	_ = in.Header.WriteSubset(out, besides(framing, in.Header))
	_ = extra.Write(out)
	line := func(name, value string) { _, _ = out.WriteString(name + ": " + value + "\r\n") }
	switch {
	case in.ContentLength > 0, in.ContentLength == 0 && in.Header["Content-Length"] != nil:
		line("Content-Length", strconv.FormatInt(in.ContentLength, 10))
	case in.ContentLength < 0:
		line("Transfer-Encoding", "chunked")
		for name := range in.Trailer {
			line("Trailer", name)
		}
	}
	if protocol := upgradeOf(in.Header); protocol != "" {
		line("Connection", "Upgrade")
		line("Upgrade", protocol)
	}
	_, _ = out.WriteString("\r\n")
	return out.Flush()
}

// send starts sending the body. It continues while the answer is read, and may
// outlive it, blocked in a read that ends when the client's request does.
func (x *exchange) send() {
	x.body = make(chan error, 1)
	go func() {
		fatal, err := x.copyBody()
		x.body <- err
		if fatal { // the server must not take what it has for all of it
			_ = x.conn.Close()
		}
	}()
}

// copyBody reports as fatal what the client caused. A server that stops taking
// the body may have answered.
func (x *exchange) copyBody() (fatal bool, err error) {
	out := x.conn.out
	var to io.WriteCloser = plain{out}
	if x.in.ContentLength < 0 {
		to = httputil.NewChunkedWriter(out)
	}
	buffer := buffers.Get().(*[copyBuffer]byte)
	defer buffers.Put(buffer)
	defer x.turn.begin()
	for {
		x.turn.end()
		n, readErr := x.in.Body.Read(buffer[:])
		x.turn.begin()
		if n > 0 {
			_, _ = to.Write(buffer[:n])
			if err := out.Flush(); err != nil {
				return false, fmt.Errorf("send body: %w", err)
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return true, fmt.Errorf("%w: %w", ErrBody, readErr)
		}
	}
	_ = to.Close()
	if x.in.ContentLength < 0 {
		_ = x.in.Trailer.Write(out)
		_, _ = out.WriteString("\r\n")
	}
	return false, out.Flush()
}

// plain is a body of known length.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// sent reports whether the whole request was sent.
func (x *exchange) sent() bool {
	if x.body == nil {
		return !x.hasBody()
	}
	select {
	case err := <-x.body:
		return err == nil
	default:
		return false
	}
}

// failed returns the error that ended the body, nil if none did.
func (x *exchange) failed() error {
	select {
	case err := <-x.body:
		return err
	default:
		return nil
	}
}

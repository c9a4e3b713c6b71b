package localhttp

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// body is a request's body.
type body struct {
	raw    io.ReadCloser // as http.ReadRequest reads it
	out    interface{ ask() error }
	closed atomic.Bool

	// A client that expects it waits to be asked for the body (RFC 9110 10.1.1).
	// Another goroutine may write the answer meanwhile, as httputil.ReverseProxy does.
	expected bool
	mu       sync.Mutex
	may      atomic.Bool // be asked for, because no part of the answer is out
	asked    atomic.Bool
}

// Read asks for the body first if the client waits for that.
func (b *body) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if b.may.Load() {
		if err := b.ask(); err != nil {
			return 0, err
		}
	}
	return b.raw.Read(p)
}

func (b *body) ask() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.may.Load() {
		return nil
	}
	err := b.out.ask()
	b.asked.Store(true)
	b.may.Store(false)
	return err
}

// dontAsk is called before the answer goes out.
func (b *body) dontAsk() {
	if b.expected {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.may.Store(false)
	}
}

// Close does not read what is left: a handler that closes the body before it
// answers would wait for all of it, however long that takes the client.
func (b *body) Close() error {
	b.closed.Store(true)
	return nil
}

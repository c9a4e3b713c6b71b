package relay_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/process/relay"
	"foyer/sdk/plugin/localhttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(twice{m}) }

// ours makes relayed use the server of modules' processes instead of net/http's.
var ours bool

// twice runs all tests with each of both servers.
type twice struct{ m *testing.M }

func (t twice) Run() int {
	standard := t.m.Run()
	ours = true
	return max(standard, t.m.Run())
}

// extra is what the relay sends in addition to the client's own headers.
func extra() http.Header { return http.Header{"X-Inside": {"yes"}} }

// listen opens a unix socket whose path is short enough for the kernel.
func listen(t *testing.T) net.Listener {
	t.Helper()
	dir, err := os.MkdirTemp("", "rl")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// relayed serves h on a unix socket, and a relay to it on TCP.
func relayed(t *testing.T, h http.Handler) (url string, conns *atomic.Int64) {
	t.Helper()
	l := listen(t)
	conns = &atomic.Int64{}
	var server interface {
		Serve(l net.Listener) error
		Close() error
	} = &http.Server{Handler: h} //nolint:gosec // of trusted clients
	if ours {
		server = &localhttp.Server{Handler: h}
	}
	ended := make(chan error)
	go func() { ended <- server.Serve(counting{l, conns}) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return front(t, l), conns
}

// counting counts the connections that are accepted.
type counting struct {
	net.Listener
	conns *atomic.Int64
}

func (c counting) Accept() (net.Conn, error) {
	nc, err := c.Listener.Accept()
	if err == nil {
		c.conns.Add(1)
	}
	return nc, err
}

// raw serves each connection with f, and a relay to it on TCP.
func raw(t *testing.T, f func(conn net.Conn, in *bufio.Reader)) (url string) {
	t.Helper()
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				f(conn, bufio.NewReader(conn))
			}()
		}
	}()
	return front(t, l)
}

// front serves a relay to l; without an answer the result is a 503 with the reason.
func front(t *testing.T, l net.Listener) (url string) {
	t.Helper()
	return serving(t, relay.New(l.Addr().String()))
}

func serving(t *testing.T, r *relay.Relay) (url string) {
	t.Helper()
	server := httptest.NewServer(standing(func(w http.ResponseWriter, in *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		if err := r.Serve(w, in, extra()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(func() { server.Close(); r.Close() })
	return server.URL
}

// standing sets the headers that a gateway sets on every answer.
func standing(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Vary", "Cookie")
		w.Header().Add("Set-Cookie", "session=1")
		h(w, in)
	})
}

// client does not share connections with other tests.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := client(t).Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

func TestServe_keeps_the_connection(t *testing.T) {
	url, conns := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	c := client(t)
	for range 5 {
		resp, err := c.Get(url)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(t, resp.Body.Close())
	}
	require.EqualValues(t, 1, conns.Load())
}

func TestServe_notices_that_an_idle_connection_has_ended(t *testing.T) {
	closed := make(chan struct{}, 3)
	url := raw(t, func(conn net.Conn, in *bufio.Reader) {
		_, _ = http.ReadRequest(in)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		_ = conn.Close()
		closed <- struct{}{}
	})
	for range 3 {
		_, body := get(t, url)
		require.Equal(t, "ok", body)
		<-closed
	}
}

func TestServe_trusts_no_connection_that_said_too_much(t *testing.T) {
	for name, answer := range map[string]string{
		"a second answer": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
		"its end":         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
	} {
		t.Run(name, func(t *testing.T) {
			var conns atomic.Int64
			url := raw(t, func(conn net.Conn, in *bufio.Reader) {
				conns.Add(1)
				for {
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					_, _ = io.WriteString(conn, answer)
				}
			})
			for range 3 {
				_, body := get(t, url)
				require.Equal(t, "ok", body)
			}
			require.EqualValues(t, 3, conns.Load())
		})
	}
}

func TestServe_without_an_answer_is_an_error(t *testing.T) {
	url := raw(t, func(_ net.Conn, in *bufio.Reader) { _, _ = http.ReadRequest(in) })
	status, body := get(t, url)
	require.Equal(t, 503, status)
	require.Contains(t, body, "read answer: unexpected EOF")

	url = raw(t, func(conn net.Conn, in *bufio.Reader) {
		_, _ = http.ReadRequest(in)
		for {
			if _, err := io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"); err != nil {
				return
			}
		}
	})
	status, body = get(t, url)
	require.Equal(t, 503, status)
	require.Contains(t, body, "the head of the answer is too long")

	l := listen(t)
	require.NoError(t, l.Close())
	status, body = get(t, front(t, l))
	require.Equal(t, 503, status)
	require.Contains(t, body, "connect: ")
}

func TestServe_shows_that_an_answer_broke_off(t *testing.T) {
	url := raw(t, func(conn net.Conn, in *bufio.Reader) {
		_, _ = http.ReadRequest(in)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
	})
	resp, err := client(t).Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	require.Error(t, err)
}

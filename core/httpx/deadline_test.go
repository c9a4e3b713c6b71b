package httpx_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	brief   = 300 * time.Millisecond // a deadline, in tests
	forever = 60 * time.Second       // when a test gives up
)

// hurried has deadlines short enough for a test.
func hurried() config.HTTP {
	return config.HTTP{RequestTimeout: brief, AnswerTimeout: 4 * brief, DrainTimeout: forever}
}

// dial connects for as long as a test may take.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(forever)))
	return conn
}

// read reads a body as the API's routes do.
func read(w http.ResponseWriter, r *http.Request) {
	if _, err := body.Read(w, r, 1<<20); err != nil {
		reply.Fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// The announced body never arrives in full, whatever the route does about it.
func TestServer_does_not_wait_for_senders_whatever_the_route(t *testing.T) {
	secret := handler("POST", "/secret/", read)
	secret.Access = module.Session
	cfg := hurried()
	cfg.AllowedHosts = []string{"meet.example.org"}
	addr, _ := serve(t, cfg, handler("POST", "/read/", read), secret, handler("POST", "/unread/", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }),
		handler("GET", "/get/", show))
	for name, head := range map[string]string{
		"read":         "POST /read/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"in chunks":    "POST /read/ HTTP/1.1\r\nHost: meet.example.org\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
		"not read":     "POST /unread/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"not admitted": "POST /secret/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"unknown":      "POST /unknown/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"other method": "POST /get/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"other host":   "POST /read/ HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000\r\n\r\n{",
		"with a GET":   "GET /get/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\n\r\n{",
		"expecting":    "POST /read/ HTTP/1.1\r\nHost: meet.example.org\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, addr)
			_, err := io.WriteString(conn, head)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, conn)
			require.NotErrorIs(t, err, errTimeout, "the connection is still open")
		})
	}
}

func TestServer_does_not_wait_for_one_byte_after_the_other(t *testing.T) {
	addr, _ := serve(t, hurried(), handler("POST", "/read/", read))
	conn := dial(t, addr)
	_, err := io.WriteString(conn, "POST /read/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := io.WriteString(conn, " ")
		return err != nil
	}, forever, brief/10)
}

// What the reader does not take does not fit into any buffer.
func TestServer_does_not_wait_for_readers(t *testing.T) {
	ended := make(chan error, 1)
	addr, _ := serve(t, hurried(), handler("GET", "/much/", func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(w, io.LimitReader(zeros{}, 1<<30))
		ended <- err
	}))
	conn := dial(t, addr)
	_, err := io.WriteString(conn, "GET /much/ HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	select {
	case err := <-ended:
		require.ErrorIs(t, err, errTimeout)
	case <-time.After(forever):
		require.Fail(t, "the handler still writes")
	}
}

// The time allowed for the request does not limit the handler or the next request.
func TestServer_gives_handlers_and_idle_connections_their_time(t *testing.T) {
	addr, _ := serve(t, hurried(), handler("POST", "/slow/", func(w http.ResponseWriter, r *http.Request) {
		read(w, r)
		select {
		case <-time.After(2 * brief):
		case <-r.Context().Done():
			panic("the client is taken for gone")
		}
	}))
	conn := dial(t, addr)
	in := bufio.NewReader(conn)
	for range 2 {
		_, err := io.WriteString(conn, "POST /slow/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		require.NoError(t, err)
		resp, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusNoContent, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
		time.Sleep(5 * brief)
	}
}

func streaming(method, path string, h http.HandlerFunc) module.Route {
	r := handler(method, path, h)
	r.Stream = true
	return r
}

func TestStream_outlives_the_deadlines_of_exchanges(t *testing.T) {
	const parts = 8
	addr, _ := serve(t, hurried(), streaming("POST", "/stream/", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		in := bufio.NewScanner(r.Body)
		for in.Scan() {
			_, _ = fmt.Fprintln(w, in.Text())
			_ = http.NewResponseController(w).Flush()
		}
		for range parts { // the client has sent everything
			time.Sleep(brief)
			_, _ = io.WriteString(w, "late\n")
			_ = http.NewResponseController(w).Flush()
		}
	}))
	out, into := io.Pipe()
	go func() {
		for range parts {
			_, _ = io.WriteString(into, "part\n")
			time.Sleep(brief / 2)
		}
		_ = into.Close()
	}()
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+addr+"/stream/", out)
	require.NoError(t, err)
	resp, err := client(t).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("part\n", parts)+strings.Repeat("late\n", parts), string(text))
}

func TestStream_does_not_wait_for_who_stands_still(t *testing.T) {
	ended := make(chan error, 2)
	addr, _ := serve(t, hurried(),
		streaming("GET", "/much/", func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(w, io.LimitReader(zeros{}, 1<<30))
			ended <- err
		}),
		streaming("POST", "/take/", func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			ended <- err
		}))
	for _, request := range []string{
		"GET /much/ HTTP/1.1\r\nHost: x\r\n\r\n", "POST /take/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
	} {
		_, err := io.WriteString(dial(t, addr), request)
		require.NoError(t, err)
		select {
		case err := <-ended:
			require.ErrorIs(t, err, errTimeout)
		case <-time.After(forever):
			require.Fail(t, "the handler still waits")
		}
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// errTimeout is the error when a deadline passes.
var errTimeout = os.ErrDeadlineExceeded

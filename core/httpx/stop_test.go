package httpx_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/module"
)

// patience is how long a stop waits for clients.
const patience = 4 * brief

// stoppable serves routes with little patience for clients.
func stoppable(t *testing.T, cfg config.HTTP, routes ...module.Route) (addr string, stop func() <-chan error) {
	t.Helper()
	cfg.ReadTimeout = forever
	s := httpx.NewServer(cfg, build(t, cfg, core(routes...)).handler, slog.New(slog.DiscardHandler))
	s.SetPatience(patience)
	l, err := httpx.Listen(context.Background(), "127.0.0.1:0", "http.addr")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return l.Addr().String(), func() <-chan error { cancel(); return done }
}

func TestStop_waits_for_handlers_and_not_for_clients(t *testing.T) {
	inside := make(chan struct{}, 100)
	leave := make(chan struct{})
	addr, stop := stoppable(t, config.HTTP{DrainTimeout: 10 * forever, RequestTimeout: 10 * forever, AnswerTimeout: 10 * forever},
		handler("POST", "/read/", func(w http.ResponseWriter, r *http.Request) { inside <- struct{}{}; read(w, r) }),
		handler("GET", "/much/", func(w http.ResponseWriter, r *http.Request) {
			inside <- struct{}{}
			_, _ = io.Copy(w, io.LimitReader(zeros{}, 1<<30))
		}),
		handler("GET", "/work/", func(w http.ResponseWriter, r *http.Request) {
			inside <- struct{}{}
			select {
			case <-leave:
				_, _ = io.WriteString(w, "done")
			case <-r.Context().Done():
			}
		}))
	for range 50 {
		_, err := io.WriteString(dial(t, addr), "POST /read/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
		require.NoError(t, err)
		<-inside
	}
	_, err := io.WriteString(dial(t, addr), "GET /much/ HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-inside
	dial(t, addr) // sends nothing
	_, err = io.WriteString(dial(t, addr), "GET /work/ HT")
	require.NoError(t, err)

	worker := dial(t, addr)
	_, err = io.WriteString(worker, "GET /work/ HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-inside
	done := stop()
	select {
	case err := <-done:
		require.Fail(t, "the handler was not waited for", "%v", err)
	case <-time.After(2 * patience):
	}
	close(leave)
	resp, err := http.ReadResponse(bufio.NewReader(worker), nil)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "done", string(text))
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(forever):
		require.Fail(t, "the stop waits for clients")
	}
}

// drip sends or reads one byte at a time, until the connection ends.
func drip(t *testing.T, conn net.Conn, takes bool) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		one := []byte("0")
		for err := error(nil); err == nil; time.Sleep(brief / 10) {
			if takes {
				_, err = conn.Read(one)
			} else {
				_, err = conn.Write(one)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-ended })
}

// The deadlines are longer than the test, so only the stop can end these exchanges.
func TestStop_waits_no_longer_for_who_drips_than_for_who_is_silent(t *testing.T) {
	inside := make(chan struct{}, 100)
	addr, stop := stoppable(t, config.HTTP{DrainTimeout: 10 * forever, RequestTimeout: 10 * forever, AnswerTimeout: 10 * forever},
		handler("POST", "/read/", func(w http.ResponseWriter, r *http.Request) { inside <- struct{}{}; read(w, r) }),
		handler("POST", "/unread/", func(w http.ResponseWriter, r *http.Request) {
			inside <- struct{}{}
			w.WriteHeader(http.StatusNoContent)
		}),
		handler("GET", "/much/", func(w http.ResponseWriter, r *http.Request) {
			inside <- struct{}{}
			for { // in parts that fit into the system's buffers as soon as something is read
				if _, err := w.Write(make([]byte, 512)); err != nil {
					return
				}
			}
		}))
	for _, head := range []string{
		"POST /read/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{",
		"POST /read/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{",
		"POST /read/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", // with a chunk size that never ends
		"POST /unread/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{",
		"GET /much/ HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn := dial(t, addr)
		_, err := io.WriteString(conn, head)
		require.NoError(t, err)
		<-inside
		drip(t, conn, strings.HasPrefix(head, "GET"))
	}
	conn := dial(t, addr)
	_, err := io.WriteString(conn, "GET /much/ HTTP/1.1\r\nHost: x\r\nX-A: ")
	require.NoError(t, err)
	drip(t, conn, false)
	time.Sleep(brief) // until all of them are under way
	select {
	case err := <-stop():
		require.NoError(t, err)
	case <-time.After(forever):
		require.Fail(t, "the stop waits for those who drip")
	}
}

// A body that keeps arriving takes several times as long as a client may be silent.
func TestStop_waits_for_a_body_that_comes(t *testing.T) {
	const parts, size, pause = 100, 4 << 10, 50 * time.Millisecond
	inside, got := make(chan struct{}), make(chan int, 1)
	addr, stop := stoppable(t, config.HTTP{DrainTimeout: forever, RequestTimeout: 10 * forever, AnswerTimeout: 10 * forever},
		handler("POST", "/read/", func(w http.ResponseWriter, r *http.Request) {
			close(inside)
			text, err := io.ReadAll(r.Body)
			if err == nil {
				got <- len(text)
			}
			w.WriteHeader(http.StatusNoContent)
		}))
	conn := dial(t, addr)
	_, err := fmt.Fprintf(conn, "POST /read/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", parts*size)
	require.NoError(t, err)
	<-inside
	done := stop()
	for range parts {
		time.Sleep(pause)
		_, err := conn.Write(make([]byte, size))
		require.NoError(t, err, "the connection was closed")
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, parts*size, <-got)
	require.NoError(t, <-done)
}

// A stream has no end of its own, so cutting it is not a failure.
func TestStop_closes_streams_at_the_end_of_the_drain_time(t *testing.T) {
	inside := make(chan struct{})
	addr, stop := stoppable(t, config.HTTP{DrainTimeout: 2 * brief}, streaming("GET", "/stream/", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		close(inside)
		<-r.Context().Done()
	}))
	_, err := io.WriteString(dial(t, addr), "GET /stream/ HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-inside
	require.NoError(t, <-stop())
}

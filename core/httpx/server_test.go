package httpx_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// TestMain ignores connections to which net/http allows half a second for their last
// answer to arrive.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// serve runs a server with the routes until the test ends.
func serve(t *testing.T, cfg config.HTTP, routes ...module.Route) (addr string, stop func() error) {
	t.Helper()
	cfg.ReadTimeout = 5 * time.Second
	h := build(t, cfg, core(routes...))
	l, err := httpx.Listen(context.Background(), "127.0.0.1:0", "http.addr")
	require.NoError(t, err)
	s := httpx.NewServer(cfg, h.handler, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return l.Addr().String(), stop
}

// client has its own pool, which ends with the test.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second}
}

func handler(method, path string, h http.HandlerFunc) module.Route {
	return module.Route{Method: method, Path: path, Access: module.Public, Handler: h}
}

func TestListen_tells_that_the_port_is_in_use(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, err = httpx.Listen(context.Background(), l.Addr().String(), "http.addr")
	require.ErrorIs(t, err, httpx.ErrListen)
	require.ErrorContains(t, err, l.Addr().String())
	require.ErrorContains(t, err, "http.addr")
	require.ErrorContains(t, err, "in use")
}

func TestServer_streams_without_buffering(t *testing.T) {
	next := make(chan struct{})
	addr, _ := serve(t, config.HTTP{}, handler("GET", "/events/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	}))
	resp, err := client(t).Get("http://" + addr + "/events/")
	require.NoError(t, err)
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("data: %d\n", i), line)
		_, err = lines.ReadString('\n')
		require.NoError(t, err)
		next <- struct{}{} // only now does the handler continue
	}
}

func TestServer_hands_upgraded_connections_over(t *testing.T) {
	addr, _ := serve(t, config.HTTP{}, handler("GET", "/up/", func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			reply.Fail(w, r, err)
			return
		}
		defer conn.Close()
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString("echo " + line)
		_ = rw.Flush()
	}))
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(60*time.Second)))
	_, err = io.WriteString(conn, "GET /up/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello\n")
	require.NoError(t, err)
	all, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(all), "101 Switching Protocols")
	require.True(t, strings.HasSuffix(string(all), "echo hello\n"))
}

func TestServer_cuts_an_answer_whose_handler_panicked_midway(t *testing.T) {
	addr, _ := serve(t, config.HTTP{}, handler("GET", "/half/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic("boom")
	}))
	resp, err := client(t).Get("http://" + addr + "/half/")
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a broken answer must not look whole")
}

func TestServer_lets_requests_end_when_it_stops(t *testing.T) {
	inside, leave := make(chan struct{}), make(chan struct{})
	addr, stop := serve(t, config.HTTP{DrainTimeout: 2 * time.Minute}, handler("GET", "/slow/", func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-leave
		_, _ = io.WriteString(w, "done")
	}))
	answered := make(chan string, 1)
	go func() {
		resp, err := client(t).Get("http://" + addr + "/slow/")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		answered <- string(text)
	}()
	<-inside
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	require.Eventually(t, func() bool { // new connections are refused while draining
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, 60*time.Second, 5*time.Millisecond)
	close(leave)
	require.Equal(t, "done", <-answered)
	require.NoError(t, <-stopped)
}

func TestServer_closes_what_does_not_end_in_the_drain_time(t *testing.T) {
	inside := make(chan struct{})
	addr, stop := serve(t, config.HTTP{DrainTimeout: 20 * time.Millisecond}, handler("GET", "/stuck/", func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	}))
	go func() {
		if resp, err := client(t).Get("http://" + addr + "/stuck/"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-inside
	require.ErrorIs(t, stop(), context.DeadlineExceeded)
}

func TestServer_swaps_its_handler_while_it_runs(t *testing.T) {
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	s := httpx.NewServer(config.HTTP{DrainTimeout: time.Minute}, answer("one"), slog.New(slog.DiscardHandler))
	l, err := httpx.Listen(context.Background(), "127.0.0.1:0", "")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	get := func() string {
		resp, err := client(t).Get("http://" + l.Addr().String())
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, "one", get())
	s.Swap(answer("two"))
	require.Equal(t, "two", get())
	cancel()
	require.NoError(t, <-done)
}

func TestServer_answers_hostile_requests_with_4xx(t *testing.T) {
	read := func(w http.ResponseWriter, r *http.Request) {
		o, err := body.Read(w, r, 1<<20)
		if err != nil {
			reply.Fail(w, r, err)
			return
		}
		o.String("name", body.Required())
		if err := o.Err(); err != nil {
			reply.Fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
	addr, _ := serve(t, config.HTTP{}, handler("POST", "/api/v1.0/x/", read), handler("GET", "/api/v1.0/rooms/:room/", show))
	post := func(head, text string) string {
		return fmt.Sprintf("POST /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", head, len(text), text)
	}
	const kind = "Content-Type: application/json\r\n"
	for name, request := range map[string]string{
		"over-long header": "GET /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
		"NUL in header":    "GET /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\nX-Bad: a\x00b\r\n\r\n",
		"NUL in path":      "GET /api/v1.0/rooms/a%00b/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"bad escape":       "GET /api/v1.0/rooms/a%zz/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"bad UTF-8":        post(kind, "{\"name\":\"\xff\"}"),
		"two hosts":        "GET /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"smuggling":        "POST /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
		"10 MB body":       post(kind, `{"name":"`+strings.Repeat("x", 10<<20)+`"}`),
		"deep JSON":        post(kind, strings.Repeat("[", 500_000)),
		"deep object":      post(kind, strings.Repeat(`{"name":`, 100_000)),
		"many keys twice":  post(kind, `{"name":"a","name":"b"}`),
		"huge number":      post(kind, `{"name":[1e999999999]}`),
		"broken form":      post("Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\nContent-Disposition: form-data; name=\"name\r\n"),
		"early end":        "POST /api/v1.0/x/ HTTP/1.1\r\nHost: x\r\n" + kind + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", addr)
			require.NoError(t, err)
			defer conn.Close()
			require.NoError(t, conn.SetDeadline(time.Now().Add(60*time.Second)))
			sent := make(chan struct{})
			go func() { // the server may answer and close before everything is sent
				defer close(sent)
				_, _ = io.WriteString(conn, request)
			}()
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			_ = resp.Body.Close()
			require.GreaterOrEqual(t, resp.StatusCode, 400)
			require.Less(t, resp.StatusCode, 500)
			_ = conn.Close()
			<-sent
		})
	}
}

func TestServe_fails_when_its_listener_does(t *testing.T) {
	l, err := httpx.Listen(context.Background(), "127.0.0.1:0", "")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	s := httpx.NewServer(config.HTTP{}, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	err = s.Serve(context.Background(), l)
	require.Error(t, err)
	require.False(t, errors.Is(err, http.ErrServerClosed))
}

package httpx_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/core/module"
)

// stoppable serves routes with little patience for clients.
func stoppable(t *testing.T, cfg config.HTTP, routes ...module.Route) (addr string, stop func() <-chan error) {
	t.Helper()
	cfg.ReadTimeout = forever
	s := httpx.NewServer(cfg, build(t, cfg, core(routes...)).handler, slog.New(slog.DiscardHandler))
	s.SetPatience(brief)
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
		handler("POST", "/read/", func(c *gin.Context) { inside <- struct{}{}; read(c) }),
		handler("GET", "/much/", func(c *gin.Context) {
			inside <- struct{}{}
			_, _ = io.Copy(c.Writer, io.LimitReader(zeros{}, 1<<30))
		}),
		handler("GET", "/work/", func(c *gin.Context) {
			inside <- struct{}{}
			select {
			case <-leave:
				_, _ = io.WriteString(c.Writer, "done")
			case <-c.Request.Context().Done():
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
	dial(t, addr) // says nothing
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
	case <-time.After(4 * brief):
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

// A stream has no end of its own: that it is cut is no failure.
func TestStop_closes_streams_at_the_end_of_the_drain_time(t *testing.T) {
	inside := make(chan struct{})
	addr, stop := stoppable(t, config.HTTP{DrainTimeout: 2 * brief}, streaming("GET", "/stream/", func(c *gin.Context) {
		c.Writer.Flush()
		close(inside)
		<-c.Request.Context().Done()
	}))
	_, err := io.WriteString(dial(t, addr), "GET /stream/ HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-inside
	require.NoError(t, <-stop())
}

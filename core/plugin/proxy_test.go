package plugin

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// answering serves the socket of a module with one answer, as it is.
func answering(t *testing.T, answer string) *proxy {
	t.Helper()
	socket := filepath.Join(shortDir(t), "http")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					_, _ = io.WriteString(conn, answer)
				}
			}()
		}
	}()
	p := newProxy(socket, "token", slog.New(slog.DiscardHandler))
	t.Cleanup(p.close)
	return p
}

// late is an answer whose body always is there before it is flushed.
type late struct{ gin.ResponseWriter }

// Flush does nothing.
func (late) Flush() {}

// TestProxy_guesses_no_content_type: the module's server flushed its headers
// before it had a body to guess from. How close the body follows must not
// change the answer.
func TestProxy_guesses_no_content_type(t *testing.T) {
	p := answering(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.GET("/early/", p.Handle)
	e.GET("/late/", func(c *gin.Context) {
		c.Writer = late{c.Writer}
		p.Handle(c)
	})
	gateway := httptest.NewServer(e)
	defer gateway.Close()
	for _, path := range []string{"/early/", "/late/"} {
		resp, err := http.Get(gateway.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, "hello", string(body))
		require.NotContains(t, resp.Header, "Content-Type", path)
	}
}

package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dial connects to the gateway and sends some text.
func (s *server) dial(text string) net.Conn {
	s.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s, err)
	s.Cleanup(func() { _ = conn.Close() })
	require.NoError(s, conn.SetDeadline(time.Now().Add(3*waitLong)))
	_, err = io.WriteString(conn, text)
	require.NoError(s, err)
	return conn
}

// The drain time is longer than the test waits, so waiting for any of these clients
// would fail it.
func TestServe_is_not_kept_from_its_end_by_clients_that_say_nothing(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), []string{"GATEWAY_HTTP__DRAIN_TIMEOUT=30m", "GATEWAY_HTTP__REQUEST_TIMEOUT=30m"})
	for _, head := range []string{
		"POST /api/v1.0/rooms/", "POST /api/v1.0/unknown/", "PUT /api/v1.0/config/", "POST " + webhookPath, "POST /api/v1.0/users/me/",
	} {
		for range 20 {
			s.dial(head + " HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
		}
	}
	for range 20 {
		s.dial("")
		s.dial("GET / HT")
		idle := s.dial("GET /__lbheartbeat__ HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(idle), nil)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	require.Zero(t, s.stop(), s.logs())
	require.NotContains(t, s.logs(), `"level":"ERROR"`)
}

func TestServe_closes_connections_that_do_not_send_what_they_announce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), []string{"GATEWAY_HTTP__REQUEST_TIMEOUT=1s"})
	var all []net.Conn
	for range 100 {
		all = append(all, s.dial("POST /api/v1.0/unknown/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"))
	}
	for _, conn := range all {
		_, err := io.Copy(io.Discard, conn)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it is still open")
	}
}

// serveHeld starts a gateway whose stop waits for a request: of a provider that never
// answers.
func serveHeld(t *testing.T, environ ...string) *server {
	t.Helper()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	asked := make(chan net.Conn, 1)
	go func() {
		if conn, err := silent.Accept(); err == nil {
			asked <- conn
		}
	}()
	s := serve(t, t.TempDir(), append([]string{
		"OIDC_OP_URL=http://" + silent.Addr().String(), "OIDC_RP_CLIENT_ID=meet", "OIDC_RP_CLIENT_SECRET=secret", "OIDC_TIMEOUT=3600",
		"GATEWAY_HTTP__DRAIN_TIMEOUT=1h", "GATEWAY_HTTP__ANSWER_TIMEOUT=1h",
	}, environ...))
	s.dial("GET /api/v1.0/authenticate/ HTTP/1.1\r\nHost: x\r\n\r\n")
	conn := <-asked
	t.Cleanup(func() { _ = conn.Close() })
	return s
}

// refuses waits until the gateway accepts no connections: a signal to stop has arrived.
func (s *server) refuses(every time.Duration) {
	s.Helper()
	require.Eventually(s, func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		return err != nil || conn.Close() != nil
	}, waitLong, every)
}

func TestServe_ends_at_once_at_the_second_signal(t *testing.T) {
	s := serveHeld(t)
	s.signal(syscall.SIGTERM)
	s.refuses(waitShort)
	require.Never(t, func() bool { return !s.running() }, time.Second, waitShort, "the request is waited for")
	s.signal(syscall.SIGTERM)
	require.Equal(t, -1, s.wait(), "ended by the signal")
}

// Many clients do not delay it either: the system ends the process.
func TestServe_ends_at_once_at_the_second_signal_whoever_sends(t *testing.T) {
	s := serveHeld(t, append([]string{"GATEWAY_HTTP__REQUEST_TIMEOUT=1h"}, append(inProcess, withMedia...)...)...)
	for range 200 {
		s.dial("POST /api/v1.0/rooms/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	}
	s.signal(syscall.SIGTERM)
	s.refuses(time.Millisecond)
	began := time.Now()
	s.signal(syscall.SIGTERM)
	require.Equal(t, -1, s.wait(), "ended by the signal")
	t.Logf("ended after %s", time.Since(began))
}

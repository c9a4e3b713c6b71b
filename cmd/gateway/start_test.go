package main

import (
	"bufio"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

func TestServe_without_a_configuration_answers_from_a_database_of_its_own(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, nil)
	require.Equal(t, http.StatusOK, s.get("/__heartbeat__").status)
	a := s.get("/api/v1.0/config/")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, `"subtitle":{"enabled":false}`)
	for _, said := range []string{"oidc.issuer: not set: nobody can sign in", "livekit.api_key: not set: nobody can join a meeting"} {
		require.Equal(t, 1, strings.Count(s.logs(), said), s.logs())
	}
	require.FileExists(t, filepath.Join(dir, "data", "foyer.db"))
	for path, mode := range map[string]fs.FileMode{"data": 0o700, "data/secrets.json": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
	require.Zero(t, s.stop())
	require.NotContains(t, s.logs(), `"level":"ERROR"`)
}

func TestServe_keeps_its_key_from_start_to_start(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := func() string {
		text, err := os.ReadFile(filepath.Join(dir, "data", "secrets.json"))
		require.NoError(t, err)
		return string(text)
	}
	require.Zero(t, serve(t, dir, nil).stop())
	first := key()
	require.Greater(t, len(first), 64)
	serve(t, dir, nil).kill()
	require.Zero(t, serve(t, dir, nil).stop())
	require.Equal(t, first, key())
	require.Zero(t, serve(t, t.TempDir(), nil).stop())
}

// The gateway asks for the body, so the request has reached its handler.
func TestServe_finishes_what_it_has_begun_when_it_is_stopped(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), withMedia)
	addr := strings.TrimPrefix(s.url, "http://")
	body := `{"event":"room_started","id":"EV_1","createdAt":"1700000000"}`
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(waitLong)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+webhookPath, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", signed(t, body))
	req.Header.Set("Content-Type", "application/webhook+json")
	req.Header.Set("Expect", "100-continue")
	head, err := headOf(req)
	require.NoError(t, err)
	_, err = conn.Write(head)
	require.NoError(t, err)
	answers := bufio.NewReader(conn)
	line, err := answers.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, err = answers.ReadString('\n')
	require.NoError(t, err)

	s.signal(syscall.SIGTERM)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr)
		return err != nil || c.Close() != nil
	}, waitLong, waitShort, "still accepts connections")
	require.True(t, s.running())
	_, err = conn.Write([]byte(body))
	require.NoError(t, err)
	resp, err := http.ReadResponse(answers, req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Zero(t, s.wait(), s.logs())
}

func TestServe_gives_the_database_up_soon(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections but never answers
	require.NoError(t, err)
	defer silent.Close()
	cases := map[string]struct{ addr, patience, reason string }{
		"nobody": {"127.0.0.1:1", "30s", "connection refused"},
		"silent": {silent.Addr().String(), "1s", "no answer within 1s (database.connect_timeout)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"serve", "migrate"} {
				o := gateway(t, t.TempDir(), []string{"DATABASE_URL=postgres://u:hunter2@" + c.addr + "/d", "GATEWAY_DATABASE__CONNECT_TIMEOUT=" + c.patience}, command)
				require.Equal(t, 1, o.code, o.errors)
				lines := strings.Split(strings.TrimSpace(o.errors), "\n")
				last := lines[len(lines)-1]
				require.True(t, strings.HasPrefix(last, "connect to the database at "+c.addr+" (database.url): "), o.errors)
				require.True(t, strings.HasSuffix(last, c.reason), o.errors)
				require.NotContains(t, o.errors, "hunter2")
			}
		})
	}
}

func TestServe_says_why_the_database_refuses(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgdev.New(t))
	require.NoError(t, err)
	u.Path = "/nowhere"
	o := gateway(t, t.TempDir(), []string{"DATABASE_URL=" + u.String()}, "migrate")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.errors, `database "nowhere" does not exist`)
	require.Equal(t, 1, strings.Count(o.errors, "\n"), o.errors)
}

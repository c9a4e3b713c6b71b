package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestServe_is_refused_where_another_gateway_serves_from_the_file(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serve(t, dir, nil)
	elsewhere := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "data"), filepath.Join(elsewhere, "data")))
	for _, from := range []string{dir, elsewhere} {
		o := gateway(t, from, nil, "serve")
		require.Equal(t, 1, o.code, o.errors)
		require.Regexp(t, `"level":"WARN".*"another gateway serves from the database: waiting for it to end"`, o.errors)
		lines := strings.Split(strings.TrimSpace(o.errors), "\n")
		require.Regexp(t, `^open \S*data/foyer\.db: another gateway serves from it \(process \d+ on \S*\): stop that one first, or have both use PostgreSQL \(database\.url\)$`, lines[len(lines)-1])
		require.NotContains(t, o.errors, `"listening"`)
	}
	require.Equal(t, http.StatusOK, first.get("/__heartbeat__").status)
	for _, args := range []string{
		"migrate", "check-config", "app create --name Beside --scope rooms:list", "app list", "jobs list", "recording list", "module list",
	} {
		o := gateway(t, dir, nil, strings.Fields(args)...)
		require.Zero(t, o.code, "%s: %s", args, o.errors)
	}
}

// Neither the system nor a module's process holds on to a dead gateway's claim.
func TestServe_begins_at_once_after_a_gateway_that_was_killed(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		s := serve(t, dir, inProcess)
		require.NotContains(t, s.logs(), "waiting for it to end")
		require.Len(t, s.children(), 1)
		s.kill()
	}
}

// A provider that never answers delays the first gateway's exit.
func TestServe_waits_for_a_gateway_that_is_ending(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	asked := make(chan net.Conn, 1)
	go func() {
		if conn, err := silent.Accept(); err == nil {
			asked <- conn
		}
	}()
	dir := t.TempDir()
	environ := []string{
		"OIDC_OP_URL=http://" + silent.Addr().String(), "OIDC_RP_CLIENT_ID=meet", "OIDC_RP_CLIENT_SECRET=secret", "OIDC_TIMEOUT=3600",
		"GATEWAY_HTTP__DRAIN_TIMEOUT=1h", "GATEWAY_HTTP__ANSWER_TIMEOUT=1h",
	}
	first := serve(t, dir, environ)
	first.dial("GET /api/v1.0/authenticate/ HTTP/1.1\r\nHost: x\r\n\r\n")
	answering := <-asked
	first.signal(syscall.SIGTERM)
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(first.url, "http://"))
		return err != nil || conn.Close() != nil
	}, waitLong, waitShort)
	go func() { // once the other one is waiting
		for first.running() {
			time.Sleep(waitShort)
			if text, err := os.ReadFile(filepath.Join(dir, "log")); err == nil && strings.Contains(string(text), "waiting for it to end") {
				_ = answering.Close()
				return
			}
		}
	}()
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	defer log.Close()
	second := command(t, dir, nil, "serve")
	second.Stderr = log
	require.NoError(t, second.Start())
	defer func() { _ = second.Process.Kill() }()
	require.Zero(t, first.wait(), first.logs())
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "log"))
		return err == nil && strings.Contains(string(text), `"listening"`)
	}, waitLong, waitShort)
	require.NoError(t, second.Process.Signal(syscall.SIGTERM))
	require.NoError(t, second.Wait())
}

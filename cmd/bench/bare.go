package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// serveBare is the least that a process can do for a request: net/http with one handler,
// which gives the measured module's answer.
func serveBare(socket string) error {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	return http.Serve(l, plainAnswer()) //nolint:gosec // nobody else reaches it
}

func plainAnswer() http.Handler {
	answer := make([]byte, 1<<10)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(answer)
	})
}

// bare runs the same handler in this process, and in its own process behind the standard
// library's reverse proxy.
func bare(ctx context.Context, dir string) (direct, through string, stop func() error, err error) {
	path, err := os.Executable()
	if err != nil {
		return "", "", nil, err
	}
	socket := filepath.Join(dir, "bare")
	ctx, cancel := context.WithCancel(ctx)
	child := exec.CommandContext(ctx, path, "bare", socket)
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		cancel()
		return "", "", nil, fmt.Errorf("start a bare server: %w", err)
	}
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(time.Millisecond) {
		if _, err = os.Stat(socket); err == nil {
			break
		}
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	near := httptest.NewServer(plainAnswer())
	far := httptest.NewServer(&httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = "http", "bare"
	}})
	return near.URL, far.URL, func() error {
		near.Close()
		far.Close()
		cancel()
		_ = child.Wait() // killed
		return errors.Join(os.RemoveAll(socket))
	}, err
}

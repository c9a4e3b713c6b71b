package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// How long, and how often, the tests wait for things that take their own time.
const (
	waitLong  = 60 * time.Second
	waitShort = 10 * time.Millisecond
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(binaries.dir); err != nil {
		code = 1
	}
	os.Exit(code)
}

// binaries are the programs under test, each built once per test process, with the race
// detector if the tests have it.
var binaries struct {
	sync.Mutex
	dir string
}

func build(t *testing.T, name, pkg string) string {
	t.Helper()
	binaries.Lock()
	defer binaries.Unlock()
	if binaries.dir == "" {
		dir, err := os.MkdirTemp("", "gateway-test-")
		require.NoError(t, err)
		binaries.dir = dir
	}
	path := filepath.Join(binaries.dir, name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	args := []string{"build", "-C", pkg, "-ldflags=-w", "-o", path} // pkg may belong to another Go module
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	out, err := exec.CommandContext(t.Context(), "go", append(args, ".")...).CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// outcome is how a command ended.
type outcome struct {
	code        int
	out, errors string
}

// command is the built gateway, with only PATH taken from this environment. It listens
// on free ports unless environ says otherwise.
func command(t *testing.T, dir string, environ []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(build(t, "gateway", "."), args...)
	cmd.Dir = dir
	for _, name := range []string{"PATH", "TMPDIR"} {
		if v, set := os.LookupEnv(name); set {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	cmd.Env = append(cmd.Env, "GATEWAY_HTTP__ADDR=127.0.0.1:0", "GATEWAY_TELEMETRY__METRICS_ADDR=127.0.0.1:0")
	cmd.Env = append(cmd.Env, environ...)
	return cmd
}

// gateway runs a command to its end.
func gateway(t *testing.T, dir string, environ []string, args ...string) outcome {
	t.Helper()
	cmd := command(t, dir, environ, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(waitLong, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// server is a running gateway.
type server struct {
	*testing.T
	cmd   *exec.Cmd
	url   string
	ended chan struct{} // closed after the end
	mu    sync.Mutex
	log   strings.Builder
}

// serve starts a gateway and waits until it listens. When asked to stop, at the end of
// the test at the latest, it must exit by itself with success.
func serve(t *testing.T, dir string, environ []string, args ...string) *server {
	t.Helper()
	s := &server{T: t, ended: make(chan struct{})}
	s.cmd = command(t, dir, environ, append([]string{"serve"}, args...)...)
	pipe, err := s.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	listening := make(chan string, 1)
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			var line struct{ Msg, Addr string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
				listening <- line.Addr
			}
		}
		_ = s.cmd.Wait()
	}()
	t.Cleanup(func() {
		if s.running() {
			require.Zero(t, s.stop(), s.logs())
		}
	})
	select {
	case addr := <-listening:
		s.url = "http://" + addr
	case <-s.ended:
		require.FailNow(t, "the gateway ended", s.logs())
	case <-time.After(waitLong):
		require.NoError(t, s.cmd.Process.Kill())
		require.FailNow(t, "the gateway does not listen", s.logs())
	}
	return s
}

func (s *server) running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

func (s *server) logs() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// logged waits until the log contains text.
func (s *server) logged(text string) {
	s.Helper()
	require.Eventually(s, func() bool { return strings.Contains(s.logs(), text) }, waitLong, waitShort, text)
}

// stop asks the gateway to stop and returns its exit code.
func (s *server) stop() int {
	s.Helper()
	s.signal(syscall.SIGTERM)
	return s.wait()
}

// kill kills it, without a chance to clean up.
func (s *server) kill() {
	s.Helper()
	s.signal(syscall.SIGKILL)
	require.Equal(s, -1, s.wait())
}

func (s *server) signal(x os.Signal) {
	s.Helper()
	require.NoError(s, s.cmd.Process.Signal(x))
}

func (s *server) wait() int {
	s.Helper()
	select {
	case <-s.ended:
	case <-time.After(waitLong):
		require.NoError(s, s.cmd.Process.Kill())
		require.FailNow(s, "the gateway does not end", s.logs())
	}
	return s.cmd.ProcessState.ExitCode()
}

// answer is a response whose body has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

// plain follows no redirects and keeps no connections.
var plain = &http.Client{
	Timeout:       waitLong,
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends a request; header alternates names and values.
func (s *server) send(c *http.Client, method, path, body string, header ...string) answer {
	s.Helper()
	a, err := s.try(c, method, path, body, header...)
	require.NoError(s, err, s.logs)
	return a
}

func (s *server) try(c *http.Client, method, path, body string, header ...string) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), waitLong)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := c.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

func (s *server) get(path string, header ...string) answer {
	s.Helper()
	return s.send(plain, http.MethodGet, path, "", header...)
}

// write creates a file in dir and returns its path.
func write(t *testing.T, dir, name, text string, args ...any) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, text, args...), 0o600))
	return path
}

// later is text that is built only when it is printed.
type later func() string

func (l later) String() string { return l() }

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// inFlight is how many requests are in flight while memory is measured.
const inFlight = 500

// program measures the built gateway from outside: how soon it answers, and how much
// memory it uses.
func program(ctx context.Context, dir string, _ time.Duration) ([]figure, error) {
	binary, err := install(ctx, dir)
	if err != nil {
		return nil, err
	}
	file, err := os.Stat(binary)
	if err != nil {
		return nil, err
	}
	weight := float64(file.Size()) / 1e6
	var first, again []float64
	for i := range turns {
		home := filepath.Join(dir, "start"+strconv.Itoa(i))
		for _, times := range []*[]float64{&first, &again} {
			g, err := launch(ctx, binary, home)
			if err != nil {
				return nil, err
			}
			*times = append(*times, float64(g.ready.Microseconds())/1e3)
			if err := g.end(); err != nil {
				return nil, err
			}
		}
	}
	idle, busy, rate, err := memory(ctx, binary, filepath.Join(dir, "memory"))
	if err != nil {
		return nil, err
	}
	return []figure{
		{"the program, as make build makes it", fmt.Sprintf("%.1f MB", weight), "at most 52 MB", weight <= 52},
		{"start to the first 200, empty folder, SQLite", fmt.Sprintf("%.0f ms", median(first)), "under 150 ms", median(first) < 150},
		{"start to the first 200, existing database", fmt.Sprintf("%.0f ms", median(again)), "under 150 ms", median(again) < 150},
		{"resident memory, idle", fmt.Sprintf("%.1f MB", idle), "under 40 MB", idle < 40},
		{fmt.Sprintf("resident memory at %d requests in flight (room with token, %.0f requests per second)", inFlight, rate),
			fmt.Sprintf("%.1f MB", busy), "under 80 MB", busy < 80},
	}, nil
}

// install builds the gateway and copies it, as an installation does: a file that the
// linker has just written is in the page cache in huge pages, which the system counts
// whole.
func install(ctx context.Context, dir string) (string, error) {
	built, installed := filepath.Join(dir, "gateway.built"), filepath.Join(dir, "gateway")
	// As make build does; the tags are in GOFLAGS, which the Makefile sets for this too.
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built, "foyer/cmd/gateway") //nolint:gosec // our own program
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the gateway: %w: %s", err, out)
	}
	from, err := os.Open(built)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.OpenFile(installed, os.O_CREATE|os.O_WRONLY, 0o755) //nolint:gosec // a program
	if err != nil {
		return "", err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 64<<10)); err != nil {
		return "", errors.Join(err, to.Close())
	}
	syscall.Sync() // so that the build's output is not written while something is measured
	return installed, to.Close()
}

type gateway struct {
	cmd   *exec.Cmd
	url   string
	ready time.Duration // from its start to the first 200
}

// launch starts the program in a folder and waits until it answers; the further
// variables configure it.
func launch(ctx context.Context, binary, home string, further ...string) (*gateway, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "serve") //nolint:gosec // our own program
	cmd.Env = append([]string{
		"GATEWAY_HTTP__ADDR=" + addr, "GATEWAY_DATABASE__DIR=" + home, "GATEWAY_TELEMETRY__METRICS_ADDR=",
		"LIVEKIT_API_KEY=" + lkKey, "LIVEKIT_API_SECRET=" + lkSecret, "LIVEKIT_API_URL=ws://127.0.0.1:1",
	}, further...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	g := &gateway{cmd: cmd, url: "http://" + addr}
	for time.Since(start) < 20*time.Second {
		r, err := http.Get(g.url + "/__heartbeat__") //nolint:noctx // our own address
		if err == nil {
			ok := r.StatusCode == http.StatusOK
			_ = r.Body.Close()
			if ok {
				g.ready = time.Since(start)
				return g, nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return nil, fmt.Errorf("the gateway does not answer: %w", g.end())
}

func (g *gateway) end() error {
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("end the gateway: %w", err)
	}
	if err := g.cmd.Wait(); err != nil {
		return fmt.Errorf("the gateway ended badly: %w", err)
	}
	return nil
}

// resident returns the process's resident set in MB (10^6 bytes).
func (g *gateway) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if v, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("read memory: no VmRSS in the status of process %d", g.cmd.Process.Pid)
}

// memory returns the idle size after some use, the largest size seen under load, and the
// load's requests per second.
func memory(ctx context.Context, binary, home string) (idle, busy, rate float64, err error) {
	cfg, err := configuration(filepath.Dir(home), filepath.Base(home), nil, nil)
	if err != nil {
		return 0, 0, 0, err
	}
	room, err := seed(ctx, cfg.Database)
	if err != nil {
		return 0, 0, 0, err
	}
	g, err := launch(ctx, binary, home)
	if err != nil {
		return 0, 0, 0, err
	}
	time.Sleep(10 * time.Second)
	if idle, err = g.resident(); err != nil {
		return 0, 0, 0, err
	}
	busy, rate, err = g.load(g.url + "/api/v1.0/rooms/" + room.ID.String() + "/")
	if err != nil {
		return 0, 0, 0, err
	}
	return idle, busy, rate, g.end()
}

// load keeps inFlight requests in flight for five seconds.
func (g *gateway) load(url string) (most, rate float64, err error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
	defer client.CloseIdleConnections()
	var done, failed atomic.Int64
	var callers sync.WaitGroup
	const length = 5 * time.Second
	start := time.Now()
	for range inFlight {
		callers.Go(func() {
			for time.Since(start) < length {
				r, err := client.Get(url) //nolint:noctx // our own address
				if err != nil {
					failed.Add(1)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				if r.StatusCode != http.StatusOK {
					failed.Add(1)
					return
				}
				done.Add(1)
			}
		})
	}
	for time.Since(start) < length {
		now, err := g.resident()
		if err != nil {
			return 0, 0, err
		}
		most = max(most, now)
		time.Sleep(50 * time.Millisecond)
	}
	callers.Wait()
	if n := failed.Load(); n > 0 {
		return 0, 0, fmt.Errorf("%d requests failed under load", n)
	}
	return most, float64(done.Load()) / length.Seconds(), nil
}

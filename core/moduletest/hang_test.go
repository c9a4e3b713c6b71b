package moduletest_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/moduletest"
	"foyer/core/process"
)

// watchful notices a process that hangs, and no others, even on a machine that stalls.
func watchful() process.Patience {
	return process.Patience{Probe: 50 * time.Millisecond, Reply: 4 * time.Second, Misses: 3}
}

// unwatched never notices.
func unwatched() process.Patience { return process.Patience{Probe: time.Hour} }

// hang stops the module's process, and waits until none of its threads is running.
func hang(t *testing.T, g *moduletest.Gateway, module string) (pid int) {
	t.Helper()
	pid = g.Catalog.PID(module)
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	require.Eventually(t, func() bool {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, name := range threads {
			stat, err := os.ReadFile(name)
			_, state, _ := strings.Cut(string(stat), ") ") // proc(5): pid (name) state
			if err == nil && !strings.HasPrefix(state, "T") {
				return false
			}
		}
		return err == nil && len(threads) > 0
	}, time.Minute, time.Millisecond)
	return pid
}

func TestProcess_that_hangs_is_noticed_and_replaced(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Hold: time.Minute, Patience: watchful(),
	}}, true)
	require.NoError(t, g.Catalog.Check(t.Context())["probe"])
	pid := hang(t, g, "probe")
	caught := make(chan moduletest.Answer)
	go func() { caught <- g.Send(t, get("/probe/say/x/")) }()
	require.Error(t, g.Catalog.Check(t.Context())["probe"], "until it is noticed the module does not answer either")
	a := <-caught
	require.Equal(t, http.StatusOK, a.Status, "no handler had seen it: the new process gets it")
	require.Equal(t, http.StatusOK, g.Send(t, get("/probe/say/x/")).Status)
	require.NotEqual(t, pid, g.Catalog.PID("probe"))
	require.NoError(t, g.Catalog.Check(t.Context())["probe"])
	require.Error(t, syscall.Kill(pid, 0), "nothing is left of it")
}

func TestProcess_that_hangs_is_told_by_a_module_that_checks_nothing(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newMute, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Patience: watchful(),
	}}, true)
	require.NoError(t, g.Catalog.Check(t.Context())["mute"])
	hang(t, g, "mute")
	require.Error(t, g.Catalog.Check(t.Context())["mute"])
	require.Eventually(t, func() bool { return g.Catalog.Check(t.Context())["mute"] == nil }, time.Minute, time.Millisecond)
}

// A module that hangs prevents neither its being switched off nor the gateway's exit: it
// is not waited for as long as one that answers.
func TestProcess_that_hangs_is_stopped_in_time(t *testing.T) {
	for name, stop := range map[string]func(*moduletest.Gateway) error{
		"switched off": func(g *moduletest.Gateway) error { g.Switch(false); return nil },
		"stopped":      func(g *moduletest.Gateway) error { return g.Catalog.Stop(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
				Launch: time.Minute, Start: time.Minute, Stop: time.Hour, Patience: unwatched(),
			}}, true)
			pid := hang(t, g, "probe")
			require.NoError(t, stop(g))
			require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, time.Minute, time.Millisecond)
		})
	}
}

// Requests are waited for before modules are stopped.
func TestProcess_that_hangs_keeps_no_request_once_its_gateway_ends(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Hold: time.Minute, Patience: unwatched(),
	}}, true)
	pid := hang(t, g, "probe")
	caught := make(chan moduletest.Answer)
	go func() { caught <- g.Send(t, get("/probe/say/x/")) }()
	g.Catalog.Hurry()
	require.Equal(t, http.StatusOK, (<-caught).Status, "no handler had seen it: the new process gets it")
	require.NotEqual(t, pid, g.Catalog.PID("probe"))
}

// A module that takes its time to stop, but answers meanwhile, is given that time.
func TestProcess_that_is_slow_to_stop_is_waited_for(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Config: "farewell: 4s\n", Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Stop: time.Minute, Patience: unwatched(),
	}}, true)
	began := time.Now()
	require.NoError(t, g.Catalog.Stop(context.Background()))
	require.GreaterOrEqual(t, time.Since(began), 4*time.Second)
}

// A handler that hangs in a live process is given up separately.
func TestAnswer_that_does_not_begin_is_given_up(t *testing.T) {
	patience := watchful()
	patience.Answer = 100 * time.Millisecond
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Patience: patience,
	}}, true)
	pid := g.Catalog.PID("probe")
	a := g.Send(t, get("/probe/stuck/"))
	require.Equal(t, http.StatusServiceUnavailable, a.Status)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, pid, g.Catalog.PID("probe"), "others may be served well")
}

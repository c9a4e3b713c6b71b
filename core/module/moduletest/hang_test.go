package moduletest_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/module/moduletest"
	"foyer/core/plugin"
)

// watchful notices a process that hangs, and no other on a machine that stalls.
func watchful() plugin.Patience {
	return plugin.Patience{Probe: 50 * time.Millisecond, Reply: 4 * time.Second, Misses: 3}
}

// unwatched never does.
func unwatched() plugin.Patience { return plugin.Patience{Probe: time.Hour} }

func hang(t *testing.T, g *moduletest.Gateway) (pid int) {
	t.Helper()
	pid = g.Catalog.PID("probe")
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	return pid
}

func TestProcess_that_hangs_is_noticed_and_replaced(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Hold: time.Minute, Patience: watchful(),
	}}, true)
	require.NoError(t, g.Catalog.Check(t.Context())["probe"])
	pid := hang(t, g)
	caught := make(chan moduletest.Answer)
	go func() { caught <- g.Send(t, get("/probe/say/x/")) }()
	require.Error(t, g.Catalog.Check(t.Context())["probe"], "until it is noticed the module does not answer either")
	a := <-caught
	require.Equal(t, http.StatusServiceUnavailable, a.Status, "it had the request")
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, g.Send(t, get("/probe/say/x/")).Status, "the next one waits for the new process")
	require.NotEqual(t, pid, g.Catalog.PID("probe"))
	require.NoError(t, g.Catalog.Check(t.Context())["probe"])
	require.Error(t, syscall.Kill(pid, 0), "nothing is left of it")
}

func TestProcess_that_hangs_is_told_by_a_module_that_checks_nothing(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newMute, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Patience: watchful(),
	}}, true)
	require.NoError(t, g.Catalog.Check(t.Context())["mute"])
	require.NoError(t, syscall.Kill(g.Catalog.PID("mute"), syscall.SIGSTOP))
	require.Error(t, g.Catalog.Check(t.Context())["mute"])
	require.Eventually(t, func() bool { return g.Catalog.Check(t.Context())["mute"] == nil }, time.Minute, time.Millisecond)
}

// A module that hangs keeps nobody from switching it off, nor the gateway from
// ending.
func TestProcess_that_hangs_is_stopped_in_time(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Stop: 100 * time.Millisecond, Patience: unwatched(),
	}}, true)
	pid, began := hang(t, g), time.Now()
	g.Switch(false)
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, time.Minute, time.Millisecond)
	require.Less(t, time.Since(began), 20*time.Second, "it is not asked to end for half a minute")
}

// A handler that hangs in a process that lives is given up by itself.
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

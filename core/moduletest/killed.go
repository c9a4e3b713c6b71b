package moduletest

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
)

// killedIsBack kills the module's process: its routes must answer 503 with
// Retry-After until the supervisor has restarted it.
func killedIsBack(t *testing.T, c Case) {
	c.Policy = catalog.Policy{FirstDelay: 10 * time.Second} // leaves time to look before it is over
	c.Flags = append(c.Flags, routeFlags(c)...)
	g := Start(t, c, true)
	name := g.name
	pid := g.Catalog.PID(name)
	require.NotZero(t, pid)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	routes := g.module.Routes()
	if len(routes) > 0 {
		down := Request{Method: routes[0].Method, Path: concrete(routes[0]), Caller: Anybody()}
		var last Answer
		require.Eventually(t, func() bool {
			last = g.Send(t, down)
			return last.Status == http.StatusServiceUnavailable
		}, 60*time.Second, time.Millisecond)
		seconds, err := strconv.Atoi(last.Header.Get("Retry-After"))
		require.NoError(t, err)
		require.Positive(t, seconds)
	}
	require.Eventually(t, func() bool {
		now := g.Catalog.PID(name)
		return now != 0 && now != pid
	}, 60*time.Second, time.Millisecond)
	if len(routes) > 0 {
		a := g.Send(t, Request{Method: routes[0].Method, Path: concrete(routes[0]), Caller: Anybody()})
		require.NotEqual(t, http.StatusServiceUnavailable, a.Status)
	}
}

// noOrphans runs a gateway of its own, kills it, and waits for the module's
// process to end.
func noOrphans(t *testing.T, c Case) {
	path, err := os.Executable()
	require.NoError(t, err)
	base, err := os.MkdirTemp("", "mt")
	require.NoError(t, err)
	defer os.RemoveAll(base)
	cmd := exec.CommandContext(t.Context(), path, hostCommand, c.New().Name(), c.Config)
	cmd.Env = append(os.Environ(), "TMPDIR="+base)
	cmd.Stderr = testWriter{t}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	require.False(t, gone(child))

	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.Eventually(t, func() bool { return gone(child) }, 60*time.Second, time.Millisecond)
}

// gone reports whether the process has ended; it may not have been waited for.
func gone(pid int) bool {
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return os.IsNotExist(err) && syscall.Kill(pid, 0) != nil
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}

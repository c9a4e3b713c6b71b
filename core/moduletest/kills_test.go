package moduletest_test

import (
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/moduletest"
)

// asked is one request of the load.
type asked struct {
	from, to time.Time
	status   int
}

func TestKills_under_load_fail_what_was_in_flight_and_nothing_else(t *testing.T) {
	const kills, clients = 100, 4
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Policy: catalog.Policy{
		Launch: time.Minute, Start: time.Minute, Hold: time.Minute,
	}}, true)
	var (
		mu   sync.Mutex
		all  []asked
		load sync.WaitGroup
		end  = make(chan struct{})
	)
	for range clients {
		load.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
				}
				x := asked{from: time.Now()}
				x.status = g.Send(t, get("/probe/brief/")).Status
				x.to = time.Now()
				mu.Lock()
				all = append(all, x)
				mu.Unlock()
			}
		})
	}
	answered := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, x := range all {
			if x.status == http.StatusOK {
				n++
			}
		}
		return n
	}
	var ends []asked // of processes: from kill to end, which the kernel may delay
	for pid := 0; len(ends) < kills; {
		before := answered()
		require.Eventually(t, func() bool { return answered() > before+clients }, time.Minute, time.Millisecond, "it is back, and works")
		now := g.Catalog.PID("probe")
		require.NotEqual(t, pid, now)
		pid = now
		x := asked{from: time.Now()}
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		// It is gone, and its connections with it, once its last thread is gone.
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, time.Minute, 100*time.Microsecond)
		x.to = time.Now()
		ends = append(ends, x)
	}
	close(end)
	load.Wait()

	failed := 0
	for _, x := range all {
		if x.status == http.StatusOK {
			continue
		}
		failed++
		require.Equal(t, http.StatusServiceUnavailable, x.status)
		inFlight := false
		for _, e := range ends {
			inFlight = inFlight || x.from.Before(e.to) && x.to.After(e.from)
		}
		require.True(t, inFlight, "a request failed that no process had when it ended: %v of %v", x, ends)
	}
	t.Logf("%d kills: %d requests, %d failed", kills, len(all), failed)
	require.NotZero(t, failed, "none was in flight")
	require.LessOrEqual(t, failed, kills*clients)
}

package meetings_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/meetings"
)

// lines collects log lines.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// keep keeps checks stored until the returned function is called.
func (w *world) keep() (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	var kept sync.WaitGroup
	kept.Go(func() { w.Keep(ctx) })
	return func() { cancel(); kept.Wait() }
}

// stored returns the checks stored since the last call.
func (w *world) stored() []job {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.jobs
	w.jobs = nil
	return list
}

func (w *world) stick(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stuck = err
}

func TestKeep_stores_the_next_look_once_the_database_takes_it(t *testing.T) {
	const none, again = "are not looked for", "are looked for again"
	onBoth(t, func(w *world) {
		log := &lines{}
		w.open(func(o *meetings.Options) { o.WatchEvery, o.Log = time.Second, slog.New(slog.NewTextHandler(log, nil)) })
		w.stick(errors.New("no space left on device"))
		stop := w.keep()
		defer stop()
		for n := range 2 { // it happens again
			require.Eventually(w, func() bool { return log.count(none) == n+1 }, 20*time.Second, 5*time.Millisecond)
			time.Sleep(600 * time.Millisecond) // another attempt has failed
			require.Empty(w, w.stored())
			w.stick(nil)
			require.Eventually(w, func() bool { return log.count(again) == n+1 }, 20*time.Second, 5*time.Millisecond)
			list := w.stored()
			require.NotEmpty(w, list)
			require.Equal(w, "watch", list[0].kind)
			require.True(w, strings.HasPrefix(list[0].o.Unique, "watch:"), "one over all replicas")
			require.LessOrEqual(w, list[0].o.Delay, time.Second)
			require.Equal(w, n+1, log.count(none), "it is told once")
			w.stick(errors.New("no space left on device"))
		}
	})
}

func TestKeep_stores_a_look_in_place_of_one_that_was_lost(t *testing.T) {
	onBoth(t, func(w *world) {
		w.open(func(o *meetings.Options) { o.WatchEvery = time.Second })
		stop := w.keep()
		for range 2 {
			require.Eventually(w, func() bool { return len(w.stored()) > 0 }, 20*time.Second, 5*time.Millisecond)
		}
		stop()
		w.stored()
		w.open(func(o *meetings.Options) { o.WatchEvery = 0 })
		w.Keep(w.Context()) // returns, because it is switched off
		require.Empty(w, w.stored())
	})
}

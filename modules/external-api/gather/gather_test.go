package gather_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/modules/external-api/gather"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// long bounds the wait for what has to happen.
const long = 20 * time.Second

func TestGroup_makes_two_calls_for_many_who_come_at_once(t *testing.T) {
	var g gather.Group[string, int]
	var calls atomic.Int64
	begun, release := make(chan struct{}, 100), make(chan struct{})
	call := func(context.Context) (int, error) {
		n := calls.Add(1)
		begun <- struct{}{}
		<-release
		return int(n), nil
	}
	results := make(chan int, 50)
	ask := func() {
		v, err := g.Do(t.Context(), "k", call)
		if err != nil {
			v = -1
		}
		results <- v
	}
	go ask()
	<-begun
	var waiting sync.WaitGroup
	for range 49 {
		waiting.Add(1)
		go func() { waiting.Done(); ask() }()
	}
	waiting.Wait()
	time.Sleep(50 * time.Millisecond) // let them all wait; extra calls would show below
	close(release)
	count := map[int]int{}
	for range 50 {
		count[<-results]++
	}
	require.Equal(t, 1, count[1])
	require.Zero(t, count[-1])
	require.LessOrEqual(t, calls.Load(), int64(50))
	require.Greater(t, count[2], 0)
}

// A caller sees what changed before it arrived.
func TestGroup_tells_nobody_what_was_true_before_they_came(t *testing.T) {
	var g gather.Group[string, int64]
	var truth atomic.Int64
	var wg sync.WaitGroup
	failed := atomic.Bool{}
	for range 8 {
		wg.Go(func() {
			for range 500 {
				was := truth.Add(1)
				got, err := g.Do(t.Context(), "k", func(context.Context) (int64, error) { return truth.Load(), nil })
				if err != nil || got < was {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	require.False(t, failed.Load())
}

func TestGroup_keeps_keys_apart(t *testing.T) {
	var g gather.Group[int, string]
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			got, err := g.Do(t.Context(), i, func(context.Context) (string, error) { return fmt.Sprint(i), nil })
			if err != nil || got != fmt.Sprint(i) {
				t.Errorf("%d: %s %v", i, got, err)
			}
		})
	}
	wg.Wait()
}

func TestGroup_goes_on_when_a_caller_leaves(t *testing.T) {
	var g gather.Group[string, int]
	begun, release := make(chan struct{}), make(chan struct{})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := g.Do(ctx, "k", func(ctx context.Context) (int, error) { close(begun); <-release; return 1, ctx.Err() })
		left <- err
	}()
	<-begun
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	done := make(chan int)
	go func() {
		v, _ := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 2, nil })
		done <- v
	}()
	close(release)
	require.Equal(t, 2, <-done)
}

func TestGroup_shows_failures_and_panics_to_those_who_wait(t *testing.T) {
	var g gather.Group[string, int]
	broken := errors.New("broken")
	_, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 0, broken })
	require.ErrorIs(t, err, broken)
	_, err = g.Do(t.Context(), "k", func(context.Context) (int, error) { panic("boom") })
	require.ErrorContains(t, err, "boom")
}

func TestBatch_hands_everything_over_once_and_together(t *testing.T) {
	var mu sync.Mutex
	seen, lists, largest := map[int]int{}, 0, 0
	b := gather.NewBatch(func(_ context.Context, items []int) error {
		mu.Lock()
		defer mu.Unlock()
		lists++
		largest = max(largest, len(items))
		for _, i := range items {
			seen[i]++
		}
		return nil
	})
	var wg sync.WaitGroup
	for i := range 2_000 {
		wg.Go(func() {
			if err := b.Add(t.Context(), i); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[i] != 1 {
				t.Errorf("%d was handed over %d times", i, seen[i])
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 2_000)
	require.LessOrEqual(t, largest, 500)
}

func TestBatch_tells_a_failure_to_those_whose_list_it_was(t *testing.T) {
	broken := errors.New("broken")
	b := gather.NewBatch(func(_ context.Context, items []string) error {
		if items[0] == "bad" {
			return broken
		}
		return nil
	})
	require.ErrorIs(t, b.Add(t.Context(), "bad"), broken)
	require.NoError(t, b.Add(t.Context(), "good"))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	release := make(chan struct{})
	late := make(chan string, 1)
	slow := gather.NewBatch(func(_ context.Context, items []string) error { <-release; late <- items[0]; return nil })
	require.ErrorIs(t, slow.Add(gone, "kept"), context.Canceled)
	close(release)
	select {
	case got := <-late:
		require.Equal(t, "kept", got)
	case <-time.After(long):
		require.Fail(t, "it was not handed over")
	}
}

func TestGroup_shares_a_result_for_as_long_as_it_may_be_held(t *testing.T) {
	g := gather.Group[string, int]{Hold: time.Hour}
	var calls atomic.Int64
	call := func(context.Context) (int, error) { return int(calls.Add(1)), nil }
	for range 5 {
		v, err := g.Do(t.Context(), "k", call)
		require.NoError(t, err)
		require.Equal(t, 1, v)
	}
	v, err := g.Do(t.Context(), "other", call)
	require.NoError(t, err)
	require.Equal(t, 2, v)
}

func TestGroup_asks_again_when_a_result_is_too_old(t *testing.T) {
	g := gather.Group[string, int]{Hold: time.Millisecond}
	var calls atomic.Int64
	require.Eventually(t, func() bool {
		v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return int(calls.Add(1)), nil })
		return err == nil && v > 2
	}, long, 2*time.Millisecond)
}

func TestGroup_holds_no_failure(t *testing.T) {
	g := gather.Group[string, int]{Hold: time.Hour}
	_, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 0, errors.New("broken") })
	require.Error(t, err)
	v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 7, nil })
	require.NoError(t, err)
	require.Equal(t, 7, v)
}

// Callers that arrive while a call is under way that began too long ago wait for the
// next one.
func TestGroup_holds_from_when_a_call_began(t *testing.T) {
	g := gather.Group[string, int]{Hold: time.Millisecond}
	begun, release := make(chan struct{}), make(chan struct{})
	first := make(chan int, 1)
	go func() {
		v, _ := g.Do(t.Context(), "k", func(context.Context) (int, error) { close(begun); <-release; return 1, nil })
		first <- v
	}()
	<-begun
	time.Sleep(10 * time.Millisecond) // older than may be shared
	second := make(chan int, 1)
	go func() {
		v, _ := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 2, nil })
		second <- v
	}()
	close(release)
	require.Equal(t, 1, <-first)
	require.Equal(t, 2, <-second)
}

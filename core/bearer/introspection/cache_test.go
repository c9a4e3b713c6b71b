package introspection_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer/introspection"
)

// clock is a time that the test sets.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time              { return time.Now().Add(time.Duration(c.at.Load())) }
func (c *clock) pass(d time.Duration)        { c.at.Add(int64(d)) }
func (c *clock) on(o *introspection.Options) { o.Now = c.now }

func TestIntrospect_believes_an_answer_for_a_while_and_never_beyond_the_token(t *testing.T) {
	p, at := newPeer(t), &clock{}
	c := client(t, p.URL, at.on)
	ask := func(token string) (status int, calls int) {
		_, err := c.Introspect(t.Context(), token)
		if err != nil {
			status = 400
		}
		return status, p.calls()
	}
	for i, x := range []struct {
		token         string
		change        object
		later         time.Duration
		status, calls int
	}{
		{"long", object{"exp": time.Now().Add(time.Hour).Unix()}, 0, 0, 1},
		{"long", object{"active": false}, 20 * time.Second, 0, 1}, // revoked, but not noticed yet
		{"long", object{"active": false}, 15 * time.Second, 400, 2},
		{"long", object{"exp": time.Now().Add(time.Hour).Unix()}, time.Second, 400, 2},
		{"long", object{"exp": time.Now().Add(time.Hour).Unix()}, 5 * time.Second, 0, 3},
		{"short", object{"exp": time.Now().Add(60 * time.Second).Unix()}, 0, 0, 4},
		{"short", object{"exp": time.Now().Add(60 * time.Second).Unix()}, 20 * time.Second, 400, 5},
		{"endless", object{"exp": absent}, 0, 0, 6},
		{"endless", object{"exp": absent}, 20 * time.Second, 0, 6},
		{"endless", object{"exp": absent}, 15 * time.Second, 0, 7},
	} {
		p.says(good(x.change))
		at.pass(x.later)
		status, calls := ask(x.token)
		require.Equal(t, []int{x.status, x.calls}, []int{status, calls}, i)
	}
}

func TestIntrospect_asks_each_time_when_told(t *testing.T) {
	p := newPeer(t)
	c := client(t, p.URL, func(o *introspection.Options) { o.Config.CacheTTL, o.Config.RefusedTTL = 0, 0 })
	for i := range 3 {
		p.says(good(nil))
		_, err := c.Introspect(t.Context(), "token")
		require.NoError(t, err)
		p.says(good(object{"active": false}))
		_, err = c.Introspect(t.Context(), "token")
		require.Error(t, err)
		require.Equal(t, 2*i+2, p.calls())
	}
}

func TestIntrospect_keeps_real_tokens_however_many_are_made_up(t *testing.T) {
	p := newPeer(t)
	c := client(t, p.URL, func(o *introspection.Options) { o.Config.CacheSize = 10 })
	p.says(good(nil))
	_, err := c.Introspect(t.Context(), "real")
	require.NoError(t, err)
	p.says(good(object{"active": false}))
	for i := range 50 {
		_, err := c.Introspect(t.Context(), fmt.Sprint("made up ", i))
		require.Error(t, err)
	}
	before := p.calls()
	_, err = c.Introspect(t.Context(), "real")
	require.NoError(t, err)
	require.Equal(t, before, p.calls())
}

func TestIntrospect_asks_once_for_all_who_wait(t *testing.T) {
	p, free := newPeer(t), make(chan struct{})
	p.does(func(w http.ResponseWriter, r *http.Request) {
		<-free
		_, _ = fmt.Fprintf(w, `{"active":true,"sub":"ada","client_id":"x","scope":"lasuite_meet"}`)
	})
	c := client(t, p.URL, func(o *introspection.Options) { o.Config.Timeout = time.Minute })
	first, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, err := c.Introspect(first, "token"); left <- err }()
	require.Eventually(t, func() bool { return p.calls() == 1 }, 20*time.Second, time.Millisecond)
	leave() // the first caller does not wait; the others still get the answer
	require.ErrorIs(t, <-left, context.Canceled)
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			got, err := c.Introspect(t.Context(), "token")
			if err != nil || got.Subject != "ada" {
				t.Error(got, err)
			}
		})
	}
	close(free)
	waiting.Wait()
	require.Equal(t, 1, p.calls())
}

func TestIntrospect_leaves_a_provider_alone_that_does_not_answer(t *testing.T) {
	p := newPeer(t)
	p.does(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	c := client(t, p.URL)
	for i := range 20 {
		_, err := c.Introspect(t.Context(), fmt.Sprint("token", i))
		code, _ := status(err)
		require.Equal(t, 503, code)
	}
	require.Less(t, p.calls(), 10, "it is asked no more")
	p.says(good(nil))
	require.Eventually(t, func() bool {
		_, err := c.Introspect(t.Context(), "token")
		return err == nil
	}, 30*time.Second, 20*time.Millisecond, "it is tried again")
}

func TestClose_ends_a_call_that_runs(t *testing.T) {
	p := newPeer(t)
	p.does(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := client(t, p.URL, func(o *introspection.Options) { o.Config.Timeout = time.Hour })
	ended := make(chan error)
	go func() { _, err := c.Introspect(t.Context(), "token"); ended <- err }()
	require.Eventually(t, func() bool { return p.calls() == 1 }, 20*time.Second, time.Millisecond)
	c.Close()
	require.Error(t, <-ended)
}

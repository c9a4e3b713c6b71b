package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

// worker stands for a module that works and listens.
type worker struct {
	work   func(ctx context.Context, j module.Job) error
	listen func(ctx context.Context, e module.Event) error
}

func (worker) Name() string { return "probe" }

func (w worker) Work(ctx context.Context, j module.Job) error { return w.work(ctx, j) }

func (worker) Events() []string { return []string{"room_started", "core.*"} }

func (w worker) Listen(ctx context.Context, e module.Event) error { return w.listen(ctx, e) }

func states(g *memory.Gateway) (list []string) {
	for _, j := range g.Jobs("probe") {
		list = append(list, fmt.Sprint(j.Kind, " ", j.State, " ", j.Attempts))
	}
	return list
}

func TestRun_works_on_what_is_due_and_on_what_that_stores(t *testing.T) {
	g := memory.New(memory.Options{})
	h := g.Host("probe")
	require.NoError(t, h.Jobs().Enqueue(t.Context(), "first", map[string]int{"n": 1}, module.JobOptions{}))
	require.NoError(t, h.Jobs().Enqueue(t.Context(), "late", nil, module.JobOptions{Delay: time.Hour}))
	require.NoError(t, g.Host("other").Jobs().Enqueue(t.Context(), "first", nil, module.JobOptions{}))
	var done []string
	w := worker{work: func(ctx context.Context, j module.Job) error {
		done = append(done, fmt.Sprintf("%s %s %d", j.Kind, j.Args, j.Attempt))
		if j.Kind == "first" {
			return h.Jobs().Enqueue(ctx, "second", nil, module.JobOptions{})
		}
		return nil
	}}
	require.NoError(t, g.Run(t.Context(), w))
	require.Equal(t, []string{`first {"n":1} 1`, "second null 1"}, done)
	g.Advance(time.Hour)
	require.NoError(t, g.Run(t.Context(), w))
	require.Equal(t, "late null 1", done[2])
	require.Equal(t, []string{"first done 1", "late done 1", "second done 1"}, states(g))
	require.Equal(t, memory.Waiting, g.Jobs("other")[0].State, "it is another's")
}

func TestRun_tries_again_later_until_it_gives_up(t *testing.T) {
	g, broken, attempts := memory.New(memory.Options{}), errors.New("broken"), 0
	require.NoError(t, g.Host("probe").Jobs().Enqueue(t.Context(), "call", nil, module.JobOptions{MaxAttempts: 3}))
	w := worker{work: func(context.Context, module.Job) error { attempts++; return broken }}
	for i, pause := range []time.Duration{time.Second, 2 * time.Second, time.Hour} {
		require.ErrorIs(t, g.Run(t.Context(), w), broken)
		require.NoError(t, g.Run(t.Context(), w), "it is not due yet")
		require.Equal(t, i+1, attempts)
		g.Advance(pause)
	}
	require.NoError(t, g.Run(t.Context(), w))
	require.Equal(t, 3, attempts)
	require.Equal(t, []string{"call given_up 3"}, states(g))
	require.Equal(t, []string{"broken", "broken", "broken"}, g.Jobs("probe")[0].Errors)
}

func TestRun_keeps_apart_what_gives_up_what_is_postponed_and_what_panics(t *testing.T) {
	g := memory.New(memory.Options{})
	for _, kind := range []string{"give up", "postpone", "panic"} {
		require.NoError(t, g.Host("probe").Jobs().Enqueue(t.Context(), kind, nil, module.JobOptions{}))
	}
	w := worker{work: func(_ context.Context, j module.Job) error {
		switch j.Kind {
		case "give up":
			return fmt.Errorf("no use: %w", module.ErrGiveUp)
		case "postpone":
			return module.ErrPostponed
		}
		panic("oh")
	}}
	err := g.Run(t.Context(), w)
	require.ErrorIs(t, err, module.ErrGiveUp)
	require.ErrorIs(t, err, module.ErrPostponed)
	require.ErrorContains(t, err, "panic: oh")
	require.Equal(t, []string{"give up given_up 1", "postpone waiting 0", "panic waiting 1"}, states(g))
}

func TestRun_delivers_what_the_module_listens_to(t *testing.T) {
	g := memory.New(memory.Options{})
	var got []string
	w := worker{listen: func(_ context.Context, e module.Event) error {
		got = append(got, e.Name)
		if e.Name == "room_started" {
			return module.ErrInvalid
		}
		return nil
	}, work: func(context.Context, module.Job) error { return errors.New("not asked") }}
	g.Listen(w.Name(), w.Events()...)
	g.Emit(module.Event{ID: "1", Name: "room_started", Body: []byte(`{}`)})
	g.Emit(module.Event{ID: "1", Name: "room_started", Body: []byte(`{}`)})
	g.Emit(module.Event{Name: "room_finished"})
	g.AddUser(module.Account{Active: true})
	require.ErrorIs(t, g.Run(t.Context(), w), module.ErrGiveUp, "an event that cannot be read is the same next time")
	require.Equal(t, []string{"room_started", module.EventUserCreated}, got)
	require.Equal(t, []string{"event given_up 1", "event done 1"}, states(g))
	require.Len(t, g.Events(), 3)
}

func TestRun_ends_with_its_context(t *testing.T) {
	g := memory.New(memory.Options{})
	ctx, stop := context.WithCancel(t.Context())
	for range 2 {
		require.NoError(t, g.Host("probe").Jobs().Enqueue(ctx, "call", nil, module.JobOptions{}))
	}
	require.ErrorIs(t, g.Run(ctx, worker{work: func(context.Context, module.Job) error { stop(); return nil }}), context.Canceled)
	require.Equal(t, []string{"call done 1", "call waiting 0"}, states(g))
}

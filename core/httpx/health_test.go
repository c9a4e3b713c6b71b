package httpx_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
)

func health(t *testing.T, x *httpx.Health) func(method, path string) *httptest.ResponseRecorder {
	t.Helper()
	h := build(t, config.HTTP{RedirectHTTPS: true, AllowedHosts: []string{"else.example.org"}})
	h.options.Health = x
	var err error
	h.handler, err = httpx.Build(h.options)
	require.NoError(t, err)
	return func(method, path string) *httptest.ResponseRecorder { return h.ask(method, path) }
}

func well(context.Context) error { return nil }

func TestHealth_answers_any_method_any_host_and_both_slash_forms(t *testing.T) {
	ask := health(t, &httpx.Health{Ready: well})
	for _, method := range []string{"GET", "POST", "HEAD", "DELETE"} {
		for _, end := range []string{"", "/"} {
			w := ask(method, "/__lbheartbeat__"+end)
			require.Equal(t, 200, w.Code)
			require.Empty(t, w.Body.String())
			require.Equal(t, "text/html", w.Header().Get("Content-Type"))
			w = ask(method, "/__heartbeat__"+end)
			require.Equal(t, 200, w.Code)
			require.JSONEq(t, `{"status":"ok"}`, w.Body.String())
		}
	}
	require.Equal(t, 400, ask("GET", "/__heartbeat__x").Code, "hosts are checked elsewhere")
}

func TestHeartbeat_is_500_while_the_store_does_not_answer(t *testing.T) {
	ask := health(t, &httpx.Health{Ready: func(context.Context) error { return errors.New("store is gone") }})
	w := ask("GET", "/__heartbeat__")
	require.Equal(t, 500, w.Code)
	require.JSONEq(t, `{"status":"error"}`, w.Body.String())
	ask = health(t, &httpx.Health{Ready: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }})
	require.Equal(t, 500, ask("GET", "/__heartbeat__/").Code, "the check is limited in time")
}

func TestHeartbeat_warns_of_sick_modules_and_does_not_wait_for_stuck_ones(t *testing.T) {
	sick := map[string]error{"sip": errors.New("given up")}
	ask := health(t, &httpx.Health{Ready: well, Degraded: func(context.Context) map[string]error { return sick }})
	w := ask("GET", "/__heartbeat__")
	require.Equal(t, 200, w.Code)
	require.JSONEq(t, `{"status":"warning"}`, w.Body.String())
	ask = health(t, &httpx.Health{Ready: well, Degraded: func(context.Context) map[string]error { return nil }})
	require.JSONEq(t, `{"status":"ok"}`, ask("GET", "/__heartbeat__").Body.String())

	var calls atomic.Int32
	stuck := make(chan struct{})
	ask = health(t, &httpx.Health{Ready: well, Degraded: func(context.Context) map[string]error { calls.Add(1); <-stuck; return nil }})
	require.JSONEq(t, `{"status":"warning"}`, ask("GET", "/__heartbeat__").Body.String())
	require.Eventually(t, func() bool { return calls.Load() == 1 }, time.Minute, time.Millisecond)
	require.JSONEq(t, `{"status":"warning"}`, ask("GET", "/__heartbeat__").Body.String())
	require.EqualValues(t, 1, calls.Load(), "the second one does not ask again")
	close(stuck)
	require.Eventually(t, func() bool {
		return ask("GET", "/__heartbeat__").Body.String() == `{"status":"ok"}`
	}, 60*time.Second, time.Millisecond)
}

func TestVersion_is_shown_when_there_is_one(t *testing.T) {
	h := build(t, config.HTTP{})
	for want, x := range map[int]*httpx.Health{404: {Ready: well}, 200: {Ready: well, Version: json.RawMessage(`{"version":"1"}`)}} {
		h.options.Health = x
		var err error
		h.handler, err = httpx.Build(h.options)
		require.NoError(t, err)
		w := h.ask("GET", "/__version__")
		require.Equal(t, want, w.Code)
		if want == 200 {
			require.JSONEq(t, `{"version":"1"}`, w.Body.String())
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
		}
	}
}

func TestError_is_made_when_it_is_asked_for(t *testing.T) {
	h := build(t, config.HTTP{})
	h.options.Health = &httpx.Health{}
	h.rebuild()
	for _, path := range []string{"/__error__", "/__error__/"} {
		w := h.ask("GET", path)
		require.Equal(t, []any{500, `{"detail":"Server error."}`}, []any{w.Code, w.Body.String()})
	}
	require.Contains(t, h.logs.String(), "an error was asked for")
}

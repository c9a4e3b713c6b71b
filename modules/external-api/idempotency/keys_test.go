package idempotency_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/modules/external-api/idempotency"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// shared is a real store that two replicas share.
func shared(t *testing.T) module.KV {
	s, err := store.Open(t.Context(), config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	return documents.NewValues(s).For("external_api")
}

func keys(kv idempotency.KV) *idempotency.Keys {
	return &idempotency.Keys{KV: kv, TTL: time.Hour, Limit: 1 << 10, Log: slog.New(slog.DiscardHandler)}
}

// request is a request as a client sends it.
type request struct {
	key, owner, path, body string
	header                 http.Header
}

// work counts how often it is carried out.
type work struct {
	times atomic.Int64
	err   error
	wait  chan struct{} // nil = none
}

func (w *work) do(context.Context) (idempotency.Answer, error) {
	n := w.times.Add(1)
	if w.wait != nil {
		<-w.wait
	}
	if w.err != nil {
		return idempotency.Answer{}, w.err
	}
	body, err := json.Marshal(map[string]int64{"n": n})
	return idempotency.Answer{Status: 201, Header: map[string]string{"Location": "/here"}, Body: body}, err
}

func send(k *idempotency.Keys, w *work, r request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	in := httptest.NewRequest("POST", "/rooms/"+r.path, strings.NewReader(r.body))
	if r.key != "" {
		in.Header.Set(idempotency.Header, r.key)
	}
	for name, values := range r.header {
		in.Header[name] = values
	}
	answer, err := k.Once(rec, in, r.owner, w.do)
	if err != nil {
		reply.Fail(rec, in, err)
		return rec
	}
	answer.Write(rec, in)
	return rec
}

func TestOnce_gives_the_first_answer_again(t *testing.T) {
	k, w := keys(shared(t)), &work{}
	first := send(k, w, request{key: "k1", body: `{"a":1}`})
	require.Equal(t, 201, first.Code)
	require.Equal(t, `{"n":1}`, first.Body.String())
	require.Empty(t, first.Header().Get(idempotency.Replayed))
	for _, key := range []string{"k1", `"k1"`, ` k1 `} {
		again := send(k, w, request{key: key, body: `{"a":1}`})
		require.Equal(t, 201, again.Code)
		require.Equal(t, first.Body.String(), again.Body.String())
		require.Equal(t, "/here", again.Header().Get("Location"))
		require.Equal(t, "true", again.Header().Get(idempotency.Replayed))
	}
	require.EqualValues(t, 1, w.times.Load())
}

func TestOnce_keeps_keys_owners_and_requests_apart(t *testing.T) {
	k, w := keys(shared(t)), &work{}
	for i, r := range []request{
		{}, {}, // without a key each is carried out
		{key: "k1", owner: "ada"}, {key: "k2", owner: "ada"}, {key: "k1", owner: "grace"},
	} {
		require.Equal(t, 201, send(k, w, r).Code)
		require.EqualValues(t, i+1, w.times.Load())
	}
	for _, r := range []request{{key: "k1", owner: "ada", body: "{}"}, {key: "k1", owner: "ada", path: "x/"}} {
		other := send(k, w, r)
		require.Equal(t, 422, other.Code)
		require.Equal(t, `{"detail":"This Idempotency-Key was used for another request."}`, other.Body.String())
	}
	require.EqualValues(t, 5, w.times.Load())
}

func TestOnce_refuses_keys_that_are_none(t *testing.T) {
	k, w := keys(shared(t)), &work{}
	for _, values := range [][]string{{""}, {`""`}, {`"`}, {"a\x01"}, {"é"}, {`a"b`}, {`a\b`}, {strings.Repeat("x", 256)}, {"a", "a"}} {
		a := send(k, w, request{header: http.Header{idempotency.Header: values}})
		require.Equal(t, 400, a.Code, values)
		require.Equal(t, `{"detail":"Invalid Idempotency-Key."}`, a.Body.String())
	}
	require.Zero(t, w.times.Load())
}

func TestOnce_gives_the_key_back_when_the_work_fails(t *testing.T) {
	k, w := keys(shared(t)), &work{err: reply.Detail(400, "no good")}
	require.Equal(t, 400, send(k, w, request{key: "k", body: "bad"}).Code)
	w.err = nil
	require.Equal(t, 201, send(k, w, request{key: "k", body: "good"}).Code, "mended, under the same key")
}

func TestOnce_gives_the_key_back_when_the_work_panics(t *testing.T) {
	k := keys(shared(t))
	r := httptest.NewRequest("POST", "/rooms/", nil)
	r.Header.Set(idempotency.Header, "k")
	require.Panics(t, func() {
		_, _ = k.Once(httptest.NewRecorder(), r, "", func(context.Context) (idempotency.Answer, error) { panic("boom") })
	})
	require.Equal(t, 201, send(k, &work{}, request{key: "k"}).Code)
}

func TestOnce_does_the_work_once_for_requests_that_come_together(t *testing.T) {
	kv := shared(t)
	w := &work{wait: make(chan struct{})}
	replicas := []*idempotency.Keys{keys(kv), keys(kv)}
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- send(replicas[0], w, request{key: "k"}) }()
	require.Eventually(t, func() bool { return w.times.Load() == 1 }, 20*time.Second, time.Millisecond)
	busy := send(replicas[1], w, request{key: "k"})
	require.Equal(t, 409, busy.Code)
	require.Equal(t, "1", busy.Header().Get("Retry-After"))
	require.Equal(t, 422, send(replicas[1], w, request{key: "k", body: "other"}).Code)
	close(w.wait)
	require.Equal(t, 201, (<-first).Code)

	w = &work{}
	var all sync.WaitGroup
	codes := make([]int, 20)
	for i := range codes {
		all.Go(func() { codes[i] = send(replicas[i%2], w, request{key: "together"}).Code })
	}
	all.Wait()
	require.EqualValues(t, 1, w.times.Load())
	for _, code := range codes {
		require.Contains(t, []int{201, 409}, code)
	}
}

func TestOnce_forgets_in_time(t *testing.T) {
	kv := shared(t)
	k, w := keys(kv), &work{}
	k.TTL = time.Millisecond
	require.Equal(t, 201, send(k, w, request{key: "k"}).Code)
	require.Eventually(t, func() bool { send(k, w, request{key: "k"}); return w.times.Load() == 2 }, 20*time.Second, 5*time.Millisecond)
}

// lame is a store that fails on demand.
type lame struct {
	idempotency.KV
	hold, put error
}

func (l lame) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if l.hold != nil {
		return false, l.hold
	}
	return l.KV.PutIfAbsent(ctx, key, value, ttl)
}

func (l lame) Put(context.Context, string, []byte, time.Duration) error { return l.put }

func TestOnce_does_nothing_without_its_store_and_answers_when_the_store_fails_later(t *testing.T) {
	down := errors.New("down")
	w := &work{}
	require.Equal(t, 500, send(keys(lame{shared(t), down, nil}), w, request{key: "k"}).Code)
	require.Zero(t, w.times.Load())
	k := keys(lame{shared(t), nil, down})
	require.Equal(t, 201, send(k, w, request{key: "k"}).Code)
	require.Equal(t, 409, send(k, w, request{key: "k"}).Code, "it was done: it is not done again")
}

package idempotency

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// holdTime is how long a request that never ends keeps its key. workTime, how long
	// the work may take, is shorter, so that no two overlap.
	holdTime = time.Minute
	workTime = 30 * time.Second
	// releaseTime bounds giving a key back.
	releaseTime = 5 * time.Second
)

// KV is the store that all replicas share; module.KV implements it.
type KV interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	DeleteIf(ctx context.Context, key string, value []byte) (bool, error)
}

// Answer is the answer to a request, the first time and on every repeat.
type Answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   json.RawMessage   `json:"body,omitempty"`
}

// Keys are the keys of all clients.
type Keys struct {
	KV    KV
	TTL   time.Duration // how long an answer is kept
	Limit int64         // of bodies, in bytes
	Log   *slog.Logger
}

// record is the value stored under a key.
type record struct {
	Fingerprint string  `json:"fingerprint"`
	Owner       string  `json:"owner,omitempty"` // of a running request
	Answer      *Answer `json:"answer,omitempty"`
}

// Once answers with the result of do, or with what do returned for the same request
// before; a request without a key is simply carried out. owner is the client whose keys
// they are: nobody sees another's. The error is the answer: 400 for an invalid key, 409
// while the first request is running, 422 if another request used the key.
func (k *Keys) Once(w http.ResponseWriter, r *http.Request, owner string, do func(ctx context.Context) (Answer, error)) (Answer, error) {
	key, err := keyOf(r.Header)
	if err != nil {
		return Answer{}, err
	}
	if key == "" {
		return do(r.Context())
	}
	print, err := fingerprint(w, r, k.Limit)
	if err != nil {
		return Answer{}, err
	}
	place := "idempotency:" + digest([]byte(owner), []byte(key))
	ctx, cancel := context.WithTimeout(r.Context(), workTime)
	defer cancel()
	held, err := json.Marshal(record{Fingerprint: print, Owner: rand.Text()})
	if err != nil {
		return Answer{}, fmt.Errorf("hold an idempotency key: %w", err)
	}
	for range 2 { // the key may be released between the two calls
		ours, err := k.KV.PutIfAbsent(ctx, place, held, holdTime)
		if err != nil {
			return Answer{}, fmt.Errorf("hold an idempotency key: %w", err)
		}
		if ours {
			return k.work(ctx, place, print, held, do)
		}
		stored, err := k.KV.Get(ctx, place)
		if errors.Is(err, module.ErrNotFound) {
			continue
		}
		if err != nil {
			return Answer{}, fmt.Errorf("read an idempotency key: %w", err)
		}
		return replay(stored, print)
	}
	return Answer{}, running()
}

// work carries out the request and keeps its answer; a failure gives the key back.
func (k *Keys) work(ctx context.Context, place, print string, held []byte, do func(context.Context) (Answer, error)) (_ Answer, err error) {
	kept := false
	defer func() { // a panic gives the key back too
		if kept {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		_, _ = k.KV.DeleteIf(ctx, place, held) // it expires by itself
	}()
	answer, err := do(ctx)
	if err != nil {
		return Answer{}, err
	}
	kept = true // the work is done and must not be done again, whatever happens now
	text, err := json.Marshal(record{Fingerprint: print, Answer: &answer})
	if err == nil {
		err = k.KV.Put(context.WithoutCancel(ctx), place, text, k.TTL)
	}
	if err != nil {
		k.Log.WarnContext(ctx, "the answer of an idempotent request is not kept", "error", err)
	}
	return answer, nil
}

// replay returns the answer kept under a key.
func replay(stored []byte, print string) (Answer, error) {
	var r record
	if err := json.Unmarshal(stored, &r); err != nil {
		return Answer{}, fmt.Errorf("read an idempotency key: %w", err)
	}
	switch {
	case r.Fingerprint != print:
		return Answer{}, reply.Detail(http.StatusUnprocessableEntity, "This Idempotency-Key was used for another request.")
	case r.Answer == nil:
		return Answer{}, running()
	}
	again := *r.Answer
	again.Header = map[string]string{Replayed: "true"}
	for name, value := range r.Answer.Header {
		again.Header[name] = value
	}
	return again, nil
}

func running() error {
	e := reply.Detail(http.StatusConflict, "A request with this Idempotency-Key is still running.")
	e.Header = map[string]string{"Retry-After": "1"}
	return e
}

// Write sends the answer.
func (a Answer) Write(w http.ResponseWriter, r *http.Request) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	reply.JSON(w, r, a.Status, a.Body)
}

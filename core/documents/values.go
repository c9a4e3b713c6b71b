package documents

import (
	"context"
	"time"

	"foyer/sdk/module"
)

// Store keeps small values; *store.Store does.
type Store interface {
	KVGet(ctx context.Context, ns, key string, now time.Time) ([]byte, error)
	KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error
	KVPutIfAbsent(ctx context.Context, ns, key string, value []byte, expires *time.Time, now time.Time) (bool, error)
	KVDelete(ctx context.Context, ns, key string) error
	KVDeleteIf(ctx context.Context, ns, key string, value []byte) (bool, error)
}

// Values keeps small values.
type Values struct{ store Store }

// NewValues returns values kept in s.
func NewValues(s Store) Values { return Values{s} }

// For returns the values of a namespace. A module's is its name; those of the
// core contain a dot, which no module name does.
func (v Values) For(namespace string) module.KV { return values{v.store, namespace} }

type values struct {
	store Store
	name  string
}

func expiry(ttl time.Duration) *time.Time {
	if ttl <= 0 {
		return nil
	}
	at := time.Now().Add(ttl)
	return &at
}

func (v values) Get(ctx context.Context, key string) ([]byte, error) {
	return v.store.KVGet(ctx, v.name, key, time.Now())
}

func (v values) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return v.store.KVPut(ctx, v.name, key, value, expiry(ttl))
}

func (v values) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	return v.store.KVPutIfAbsent(ctx, v.name, key, value, expiry(ttl), time.Now())
}

func (v values) DeleteIf(ctx context.Context, key string, value []byte) (bool, error) {
	return v.store.KVDeleteIf(ctx, v.name, key, value)
}

func (v values) Delete(ctx context.Context, key string) error {
	return v.store.KVDelete(ctx, v.name, key)
}

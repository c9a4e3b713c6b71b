package memory

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"foyer/sdk/module"
)

// values implements module.KV: the documents of the collection
// module.KVCollection.
type values struct {
	gateway *Gateway
	name    string
}

// expiry is the end of a value with that ttl; the lock is held.
func (v values) expiry(ttl time.Duration) time.Time {
	if ttl <= 0 {
		return time.Time{}
	}
	return v.gateway.now().Add(ttl)
}

// with runs f under the lock, if key is valid.
func (v values) with(key string, f func() error) error {
	if err := checkText(key); err != nil {
		return fmt.Errorf("value of the key %q: %w", key, err)
	}
	v.gateway.mu.Lock()
	defer v.gateway.mu.Unlock()
	return f()
}

func (v values) Get(_ context.Context, key string) (value []byte, err error) {
	err = v.with(key, func() error {
		d, ok := v.gateway.find(v.name, key)
		if !ok {
			return fmt.Errorf("value of the key %q: %w", key, module.ErrNotFound)
		}
		value = d.shown().Value
		return nil
	})
	return value, err
}

func (v values) Put(_ context.Context, key string, value []byte, ttl time.Duration) error {
	return v.with(key, func() error {
		v.gateway.store(v.name, key, value, v.expiry(ttl), nil)
		return nil
	})
}

func (v values) PutIfAbsent(_ context.Context, key string, value []byte, ttl time.Duration) (done bool, err error) {
	err = v.with(key, func() error {
		if _, there := v.gateway.find(v.name, key); !there {
			v.gateway.store(v.name, key, value, v.expiry(ttl), nil)
			done = true
		}
		return nil
	})
	return done, err
}

func (v values) DeleteIf(_ context.Context, key string, value []byte) (done bool, err error) {
	err = v.with(key, func() error {
		if d, there := v.gateway.documents[v.name][key]; there && bytes.Equal(d.Value, value) {
			delete(v.gateway.documents[v.name], key)
			done = true
		}
		return nil
	})
	return done, err
}

func (v values) Delete(_ context.Context, key string) error {
	return v.with(key, func() error {
		delete(v.gateway.documents[v.name], key)
		return nil
	})
}

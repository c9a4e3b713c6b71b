package ephemeral

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisValues implements Values across all replicas.
type redisValues struct{ server *server }

func (v redisValues) key(ns, key string) string { return v.server.prefix + ":value:" + ns + ":" + key }

// take is GETDEL, which Redis only has since 6.2.
var take = redis.NewScript(`
local value = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return value`)

func (v redisValues) Get(ctx context.Context, ns, key string) ([]byte, error) {
	return run(ctx, v.server, "get "+ns, func(ctx context.Context) ([]byte, error) {
		return v.server.client.Get(ctx, v.key(ns, key)).Bytes()
	})
}

func (v redisValues) Put(ctx context.Context, ns, key string, value []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return v.Delete(ctx, ns, key)
	}
	_, err := run(ctx, v.server, "put "+ns, func(ctx context.Context) (any, error) {
		return v.server.client.Do(ctx, "SET", v.key(ns, key), value, "PX", milliseconds(ttl)).Result()
	})
	return err
}

func (v redisValues) PutIfAbsent(ctx context.Context, ns, key string, value []byte, ttl time.Duration) (bool, error) {
	if ttl <= 0 {
		_, err := v.Get(ctx, ns, key)
		return errors.Is(err, ErrNotFound), ignore(err, ErrNotFound)
	}
	_, err := run(ctx, v.server, "put "+ns, func(ctx context.Context) (any, error) {
		return v.server.client.Do(ctx, "SET", v.key(ns, key), value, "NX", "PX", milliseconds(ttl)).Result()
	})
	return err == nil, ignore(err, ErrNotFound) // the reply is nil if there was a value already
}

func (v redisValues) Take(ctx context.Context, ns, key string) ([]byte, error) {
	return run(ctx, v.server, "take "+ns, func(ctx context.Context) ([]byte, error) {
		text, err := take.Run(ctx, v.server.client, []string{v.key(ns, key)}).Text()
		return []byte(text), err
	})
}

func (v redisValues) Delete(ctx context.Context, ns, key string) error {
	_, err := run(ctx, v.server, "delete "+ns, func(ctx context.Context) (int64, error) {
		return v.server.client.Del(ctx, v.key(ns, key)).Result()
	})
	return err
}

// ignore turns one particular error into nil.
func ignore(err, ignored error) error {
	if errors.Is(err, ignored) {
		return nil
	}
	return err
}

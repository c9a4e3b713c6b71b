package ephemeral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/redis/go-redis/v9"

	"foyer/core/config"
)

// redisThrottle implements Throttle across all replicas, by the clock of Redis.
// While Redis is away each process counts by itself.
type redisThrottle struct {
	server   *server
	rates    map[string]config.Rate
	fallback Throttle
}

// gcra counts one request. KEYS: the bucket, which holds when it will be empty.
// ARGV: the time between two requests, and the period. All times are in
// microseconds. It returns how long to wait, 0 = accepted.
var gcra = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + ARGV[1]
local wait = next - now - ARGV[2]
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return 0`)

func (t redisThrottle) Allow(ctx context.Context, scope, key string) (time.Duration, error) {
	r := t.rates[scope]
	if r.Count <= 0 || r.Period <= 0 {
		return 0, nil
	}
	interval := max(r.Period/time.Duration(r.Count), time.Microsecond)
	wait, err := run(ctx, t.server, "throttle "+scope, func(ctx context.Context) (int64, error) {
		return gcra.Run(ctx, t.server.client, []string{t.key(scope, key)}, interval.Microseconds(), r.Period.Microseconds()).Int64()
	})
	if err != nil {
		return t.fallback.Allow(ctx, scope, key)
	}
	return time.Duration(wait) * time.Microsecond, nil
}

// key contains a hash, since what clients send may be of any length.
func (t redisThrottle) key(scope, key string) string {
	sum := sha256.Sum256([]byte(key))
	return t.server.prefix + ":throttle:" + scope + ":" + hex.EncodeToString(sum[:16])
}

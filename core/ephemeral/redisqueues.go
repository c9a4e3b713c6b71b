package ephemeral

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisQueues implements Queues across all replicas, by the clock of Redis. A
// queue has four keys: the expiry times of waiting and of settled entries (sorted
// sets), their content (a hash), and the groups of those who wait (a hash: each
// entry's group, and the count of each group). The queue's name is the hash tag,
// so that all four are on one node of a cluster.
type redisQueues struct{ server *server }

func (q redisQueues) keys(name string) []string {
	base := q.server.prefix + ":queue:{" + strings.NewReplacer("{", "(", "}", ")").Replace(name) + "}:"
	return []string{base + "waiting", base + "settled", base + "held", base + "groups"}
}

// queueScript is a script of queues: the keys as above, preceded by what all
// scripts need. An entry is stored as "since:state:value".
func queueScript(text string) *redis.Script {
	return redis.NewScript(`
local waiting, settled, held, groups = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function text(n) return string.format('%.0f', n) end
local function since(entry) return tonumber(string.match(entry, '^(%d+):')) or 0 end
local function leave(key)
	redis.call('ZREM', waiting, key)
	local group = redis.call('HGET', groups, 'of:' .. key)
	if not group then return end
	redis.call('HDEL', groups, 'of:' .. key)
	if redis.call('HINCRBY', groups, 'n:' .. group, -1) <= 0 then redis.call('HDEL', groups, 'n:' .. group) end
end
local function forget(key)
	leave(key)
	redis.call('ZREM', settled, key)
	redis.call('HDEL', held, key)
end
local function purge()
	for _, ends in ipairs({waiting, settled}) do
		for _, key in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', text(now))) do forget(key) end
	end
end
local function expire()
	local last = now
	for _, ends in ipairs({waiting, settled}) do
		local score = redis.call('ZRANGE', ends, -1, -1, 'WITHSCORES')[2]
		if score then
			redis.call('PEXPIREAT', ends, score)
			last = math.max(last, tonumber(score))
		end
	end
	redis.call('PEXPIREAT', held, text(last))
	redis.call('PEXPIREAT', groups, text(last))
end
` + text)
}

// For the ARGV of each script, see its call.
var (
	joinQueue = queueScript(`
purge()
local entry = redis.call('HGET', held, ARGV[1])
local joined = 0
if not entry then
	if redis.call('ZCARD', waiting) >= tonumber(ARGV[4]) then return {} end
	local most = tonumber(ARGV[7])
	if most > 0 and tonumber(redis.call('HGET', groups, 'n:' .. ARGV[6]) or 0) >= most then return {} end
	local begin = tonumber(ARGV[5])
	if begin <= 0 or begin > now then begin = now end
	entry, joined = text(begin) .. ':` + Waiting + `:' .. ARGV[2], 1
	redis.call('HSET', held, ARGV[1], entry)
	redis.call('HSET', groups, 'of:' .. ARGV[1], ARGV[6])
	redis.call('HINCRBY', groups, 'n:' .. ARGV[6], 1)
elseif redis.call('ZSCORE', settled, ARGV[1]) then
	return {entry, joined}
end
redis.call('ZADD', waiting, text(now + ARGV[3]), ARGV[1])
expire()
return {entry, joined}`)

	settleQueue = queueScript(`
purge()
local entry = redis.call('HGET', held, ARGV[1])
if not entry then return false end
local colon = string.find(entry, ':', string.find(entry, ':', 1, true) + 1, true)
entry = text(now) .. ':' .. ARGV[2] .. string.sub(entry, colon)
redis.call('HSET', held, ARGV[1], entry)
leave(ARGV[1])
redis.call('ZADD', settled, text(now + ARGV[3]), ARGV[1])
expire()
return entry`)

	findQueue = queueScript(`
local ends = redis.call('ZSCORE', waiting, ARGV[1]) or redis.call('ZSCORE', settled, ARGV[1])
if not ends or tonumber(ends) <= now then return false end
return redis.call('HGET', held, ARGV[1])`)

	listQueue = queueScript(`
local found = {}
for i = 1, tonumber(ARGV[1]) do
	for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], '(' .. text(now), '+inf')) do
		local entry = redis.call('HGET', held, key)
		if entry then table.insert(found, {key, entry, since(entry)}) end
	end
end
local function older(a, b)
	if a[3] == b[3] then return a[1] < b[1] end
	return a[3] < b[3]
end
table.sort(found, older)
local limit = tonumber(ARGV[2])
if #found > limit then
	local turns = {}
	for _, entry in ipairs(found) do
		local group = redis.call('HGET', groups, 'of:' .. entry[1]) or ''
		turns[group] = (turns[group] or 0) + 1
		entry[4] = turns[group]
	end
	table.sort(found, function(a, b)
		if a[4] == b[4] then return older(a, b) end
		return a[4] < b[4]
	end)
	for i = #found, limit + 1, -1 do found[i] = nil end
	table.sort(found, older)
end
local list = {}
for i = 1, #found do
	table.insert(list, found[i][1])
	table.insert(list, found[i][2])
end
return list`)

	removeQueue = queueScript(`
local keys = #ARGV > 1 and {ARGV[2]} or redis.call('HKEYS', held)
for _, key in ipairs(keys) do
	local entry = redis.call('HGET', held, key)
	if entry and since(entry) < tonumber(ARGV[1]) then forget(key) end
end
return 0`)
)

func (q redisQueues) Join(ctx context.Context, name string, who Entry, ttl time.Duration, l Limits) (e Entry, joined bool, err error) {
	full, begin := false, int64(0)
	if !who.Since.IsZero() {
		begin = who.Since.UnixMilli()
	}
	e, err = run(ctx, q.server, "join a queue", func(ctx context.Context) (Entry, error) {
		parts, err := joinQueue.Run(ctx, q.server.client, q.keys(name), who.Key, who.Value, milliseconds(max(ttl, 0)),
			l.All, begin, who.Group, l.Group).Slice()
		if full = err == nil && len(parts) == 0; full || err != nil {
			return Entry{}, err
		}
		joined = parts[1] == int64(1)
		text, _ := parts[0].(string)
		return entryOf(who.Key, text)
	})
	if full {
		err = ErrFull
	}
	return e, joined, err
}

func (q redisQueues) Settle(ctx context.Context, name, key, state string, ttl time.Duration) (Entry, error) {
	return q.one(ctx, "settle in a queue", settleQueue, name, key, state, milliseconds(max(ttl, 0)))
}

func (q redisQueues) Find(ctx context.Context, name, key string) (Entry, error) {
	return q.one(ctx, "look into a queue", findQueue, name, key)
}

func (q redisQueues) one(ctx context.Context, what string, s *redis.Script, name, key string, more ...any) (Entry, error) {
	return run(ctx, q.server, what, func(ctx context.Context) (Entry, error) {
		text, err := s.Run(ctx, q.server.client, q.keys(name), append([]any{key}, more...)...).Text()
		if err != nil {
			return Entry{}, err
		}
		return entryOf(key, text)
	})
}

func (q redisQueues) Waiting(ctx context.Context, name string, limit int) ([]Entry, error) {
	return q.list(ctx, name, 1, limit)
}

func (q redisQueues) All(ctx context.Context, name string) ([]Entry, error) {
	return q.list(ctx, name, 2, math.MaxInt32)
}

// list lists the first or both of the sorted sets, oldest entries first.
func (q redisQueues) list(ctx context.Context, name string, sets, limit int) ([]Entry, error) {
	return run(ctx, q.server, "list a queue", func(ctx context.Context) ([]Entry, error) {
		texts, err := listQueue.Run(ctx, q.server.client, q.keys(name), sets, limit).StringSlice()
		if err != nil {
			return nil, err
		}
		list := make([]Entry, 0, len(texts)/2)
		for i := 0; i+1 < len(texts); i += 2 {
			if e, err := entryOf(texts[i], texts[i+1]); err == nil {
				list = append(list, e)
			}
		}
		return list, nil
	})
}

func (q redisQueues) Remove(ctx context.Context, name, key string) error {
	return q.remove(ctx, name, time.Time{}, key)
}

func (q redisQueues) Clear(ctx context.Context, name string, before time.Time) error {
	return q.remove(ctx, name, before)
}

func (q redisQueues) remove(ctx context.Context, name string, before time.Time, keys ...any) error {
	end := int64(math.MaxInt64)
	if !before.IsZero() {
		end = before.UnixMilli()
	}
	_, err := run(ctx, q.server, "clear a queue", func(ctx context.Context) (any, error) {
		return removeQueue.Run(ctx, q.server.client, q.keys(name), append([]any{end}, keys...)...).Result()
	})
	return err
}

var errForeign = errors.New("the queue holds what another program wrote")

// entryOf parses "since:state:value".
func entryOf(key, text string) (Entry, error) {
	at, rest, _ := strings.Cut(text, ":")
	state, value, ok := strings.Cut(rest, ":")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !ok {
		return Entry{}, fmt.Errorf("%w: entry of %d bytes", errForeign, len(text))
	}
	return Entry{Key: key, State: state, Since: time.UnixMilli(ms), Value: []byte(value)}, nil
}

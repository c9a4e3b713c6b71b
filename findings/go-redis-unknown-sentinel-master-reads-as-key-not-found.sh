#!/usr/bin/env bash
# The Sentinels answer, but know no master of the configured name (mistyped, or
# removed): every command of a failover client fails with an error that is
# redis.Nil to errors.Is. A cache takes that for "the key is not there", and
# goes on without a word.
#
# github.com/redis/go-redis/v9 v9.23.0 with Debian's Redis 7.0.15, November 2026.
# What to do: compare with == redis.Nil, which holds for a missing key alone, or
# ask the Sentinels for the master at the start.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${sentinel:-}" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
apt-get download redis-tools libjemalloc2 liblzf1 lua-cjson lua-bitop liblua5.1-0 libatomic1 >/dev/null 2>&1
for deb in *.deb; do dpkg -x "$deb" debian; done
LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
ln -s redis-check-rdb debian/usr/bin/redis-sentinel # one program, which goes by its name
debian/usr/bin/redis-check-rdb --version | grep -q '^redis-check-rdb 7.0.15' || { echo "another version of Redis"; exit 1; }
port=$((20000 + RANDOM % 10000))
printf 'bind 127.0.0.1\nport %s\ndir %s\n' "$port" "$work" >sentinel.conf
debian/usr/bin/redis-sentinel sentinel.conf >sentinel.log &
sentinel=$!
go mod init finding >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx := context.Background()
	c := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "unknown", SentinelAddrs: []string{"127.0.0.1:" + os.Args[1]}})
	_, err := c.Get(ctx, "key").Result()
	fmt.Printf("GET: failed=%t, errors.Is redis.Nil=%t, == redis.Nil=%t\n", err != nil, errors.Is(err, redis.Nil), err == redis.Nil)
	err = c.Ping(ctx).Err()
	fmt.Printf("PING: failed=%t, errors.Is redis.Nil=%t\n", err != nil, errors.Is(err, redis.Nil))
}
PROGRAM
go get github.com/redis/go-redis/v9@v9.23.0 >/dev/null 2>&1
for _ in $(seq 50); do grep -q "Sentinel ID is" sentinel.log && break; sleep 0.1; done
got=$(go run . "$port" 2>/dev/null)
want=$(cat <<'SEEN'
GET: failed=true, errors.Is redis.Nil=true, == redis.Nil=false
PING: failed=true, errors.Is redis.Nil=true
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }

package ephemeral_test

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// BenchmarkQueues shows that the cost of a poll (Join) and a list (Waiting) in a queue
// of ten does not depend on how many wait in other queues. cmd/bench checks it against
// the promise.
func BenchmarkQueues(b *testing.B) {
	for _, form := range []string{"memory", "redis"} {
		for _, elsewhere := range []int{10, 1000, 100_000} {
			cfg := config.Redis{}
			if form == "redis" {
				cfg = config.Redis{URL: conf.NewSecret(redisdev.RealT(b).URL), KeyPrefix: "bench", Timeout: time.Minute, PoolSize: 4}
			}
			s, err := ephemeral.Open(ephemeral.Options{Redis: cfg, Log: slog.New(slog.DiscardHandler)})
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, s.Close()) })
			fill(b, s.Queues, "room", 10)
			for i := range elsewhere / 10 {
				fill(b, s.Queues, strconv.Itoa(i), 10)
			}
			name := form + "/" + strconv.Itoa(elsewhere) + "_elsewhere"
			b.Run("poll/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, joined, err := s.Queues.Join(context.Background(), "room", ephemeral.Entry{Key: "5"}, time.Hour, ephemeral.Limits{All: 10}); joined || err != nil {
						b.Fatal(joined, err)
					}
				}
			})
			b.Run("list/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if list, err := s.Queues.Waiting(context.Background(), "room", 10); len(list) != 10 || err != nil {
						b.Fatal(len(list), err)
					}
				}
			})
		}
	}
}

// fill makes n wait in a queue.
func fill(b *testing.B, q ephemeral.Queues, name string, n int) {
	b.Helper()
	for i := range n {
		_, joined, err := q.Join(context.Background(), name, ephemeral.Entry{Key: strconv.Itoa(i), Value: make([]byte, 60)}, time.Hour, ephemeral.Limits{All: n, Group: n})
		require.NoError(b, err)
		require.True(b, joined)
	}
}

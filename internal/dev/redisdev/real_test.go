package redisdev_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/redisdev"
)

func TestReal_comes_back_empty_on_the_same_port(t *testing.T) {
	r := redisdev.RealT(t)
	o, err := redis.ParseURL(r.URL)
	require.NoError(t, err)
	c := redis.NewClient(o)
	defer c.Close()
	require.NoError(t, c.Set(t.Context(), "k", "v", 0).Err())
	require.NoError(t, r.Stop())
	require.Error(t, c.Get(t.Context(), "k").Err())
	require.NoError(t, r.Start())
	require.ErrorIs(t, c.Get(t.Context(), "k").Err(), redis.Nil)
}

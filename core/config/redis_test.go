package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestRedis_address_is_read_in_the_forms_of_the_replaced_server(t *testing.T) {
	for given, want := range map[string]string{
		"redis://redis:6379/1":                                    "redis://redis:6379/1",
		" redis://:p%40ss@a:6379/1 ,redis://b:6379/1":             "redis://:p%40ss@a:6379/1",
		"redis://a/1?socket_timeout=5&db=2&decode_responses=True": "redis://a/1?db=2",
		"rediss://u:p@a/0?ssl_cert_reqs=none":                     "rediss://u:p@a/0?skip_verify=true",
		"rediss://u:p@a/0?ssl_cert_reqs=required":                 "rediss://u:p@a/0",
		"unix://:p@/run/redis.sock?db=3":                          "unix://:p@/run/redis.sock?db=3",
		"":                                                        "",
	} {
		require.Equal(t, want, mustLoad(t, "", "REDIS_URL="+given).Redis.URL.Reveal(), given)
	}
	own := mustLoad(t, "redis: {url: 'redis://own:6379/0', timeout: 2s}", "REDIS_URL=redis://legacy:6379/1")
	require.Equal(t, "redis://legacy:6379/1", own.Redis.URL.Reveal(), "the environment wins over the file")
	require.Equal(t, 2*time.Second, own.Redis.Timeout)
	require.Equal(t, config.Redis{KeyPrefix: "foyer", Timeout: time.Second, PoolSize: 20}, mustLoad(t, "").Redis)
}

func TestRedis_faults_show_no_password(t *testing.T) {
	for _, address := range []string{"http://:secret@a", "redis://:secret@a:port", "redis://:secret@a/db", ":secret"} {
		_, _, err := load(t, "", "REDIS_URL="+address)
		require.EqualError(t, err, "REDIS_URL: redis.url: is not an address such as redis://host:6379/0", address)
	}
	_, _, err := load(t, "", "GATEWAY_REDIS__URL=redis://:secret@a/0?unknown=1")
	require.EqualError(t, err, "GATEWAY_REDIS__URL: redis.url: is not an address such as redis://host:6379/0")
	_, _, err = load(t, "", "GATEWAY_REDIS__KEY_PREFIX=a{b")
	require.EqualError(t, err, `GATEWAY_REDIS__KEY_PREFIX: redis.key_prefix: "a{b" is no beginning of a key: leave out spaces and braces`)
}

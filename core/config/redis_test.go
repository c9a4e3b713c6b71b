package config_test

import (
	"fmt"
	"strings"
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
		"redis://a/0?ssl_ca_certs=/ca.pem":                        "redis://a/0",
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
	_, _, err = load(t, "", "REDIS_URL=rediss://:secret@a/0?ssl_ca_certs=/nowhere")
	require.ErrorContains(t, err, "REDIS_URL: redis.url: ssl_ca_certs: cannot read the value: stat /nowhere")
	require.NotContains(t, err.Error(), "secret")
	_, _, err = load(t, "", "GATEWAY_REDIS__KEY_PREFIX=a{b")
	require.EqualError(t, err, `GATEWAY_REDIS__KEY_PREFIX: redis.key_prefix: "a{b" cannot begin a key: leave out spaces and braces`)
}

func TestRedis_behind_Sentinels_is_configured_whole_or_refused(t *testing.T) {
	own := mustLoad(t, `redis: {url: 'rediss://u:p@/2', sentinel_master: mymaster, sentinel_addresses: [a, 'b:1'], sentinel_password: hidden}`).Redis
	require.True(t, own.Client().Used())
	require.Equal(t, []string{"a", "b:1"}, own.Sentinel.Addresses)
	require.NotContains(t, fmt.Sprintf("%+v", own), "hidden")
	require.True(t, mustLoad(t, `redis: {sentinel_master: mymaster, sentinel_addresses: ['[::1]:2', '::1']}`).Redis.Client().Used(), "without a URL")
	require.Equal(t, []string{"a:1", "b"}, mustLoad(t, "", "GATEWAY_REDIS__SENTINEL_MASTER=m", "GATEWAY_REDIS__SENTINEL_ADDRESSES=a:1,b").Redis.Sentinel.Addresses)

	const where = "redis.sentinel_addresses: has what is not host:port, such as sentinel-1:26379"
	for text, want := range map[string][]string{
		"{sentinel_addresses: [a]}": {"redis.sentinel_master: is missing: it is the name of the master at the Sentinels, often mymaster"},
		"{sentinel_password: x}":    {"redis.sentinel_master: is missing"},
		"{sentinel_master: m}":      {"redis.sentinel_addresses: is missing: name the Sentinels, such as sentinel-1:26379"},
		"{sentinel_master: m, sentinel_addresses: [a], sentinel_user: u}":         {"redis.sentinel_password: is missing: redis.sentinel_user needs one"},
		"{sentinel_master: m, sentinel_addresses: ['a:b']}":                       {where},
		"{sentinel_master: m, sentinel_addresses: ['redis://:secret@a:1']}":       {where},
		"{sentinel_master: m, sentinel_addresses: ['a:70000', ':1', 'a b']}":      {where},
		"{sentinel_master: m, sentinel_addresses: [a], url: 'unix:///run/redis'}": {"redis.url: is a socket, and Sentinels name hosts"},
		"{url: 'redis://:secret@a:26379?master_name=m'}":                          {"redis.url: is an address of Sentinels: set redis.sentinel_master and redis.sentinel_addresses instead"},
		"{url: 'redis+sentinel://:secret@a:26379/m'}":                             {"redis.url: is an address of Sentinels"},
		"{url: 'http://:secret@a', sentinel_master: m}":                           {"redis.url: is not an address", "redis.sentinel_addresses: is missing"},
		"{url: 'redis://a', ca: x}":                                               {"redis.url: begins with another scheme than rediss://"},
		"{sentinel_master: m, sentinel_addresses: [a], certificate_key: secret}":  {"redis.url: begins with another scheme than rediss://"},
		"{url: 'rediss://a', ca: x}":                                              {"redis.ca: has no PEM certificate"},
		"{url: 'rediss://a', certificate: x}":                                     {"redis.certificate_key: is missing"},
		"{url: 'rediss://a', certificate_key: secret}":                            {"redis.certificate: is missing"},
		"{url: 'rediss://a', certificate_key: secret, certificate: x}":            {"redis.certificate: and redis.certificate_key are not a pair of PEM texts"},
	} {
		_, _, err := load(t, "redis: "+text)
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), "secret", text)
		for _, part := range want {
			require.ErrorContains(t, err, part, text)
		}
	}
}

func TestRedis_at_the_port_of_Sentinels_is_warned_of(t *testing.T) {
	for text, want := range map[string]bool{
		"{url: 'redis://:secret@a:26379/0'}":                                    true,
		"{url: 'redis://a:6379'}":                                               false,
		"{url: 'redis://a:26379', sentinel_master: m, sentinel_addresses: [a]}": false,
	} {
		_, warnings, err := load(t, "redis: "+text)
		require.NoError(t, err, text)
		require.Equal(t, want, strings.Contains(fmt.Sprint(warnings), "set redis.sentinel_master and redis.sentinel_addresses"), "%s: %v", text, warnings)
		require.NotContains(t, fmt.Sprint(warnings), "secret")
	}
}

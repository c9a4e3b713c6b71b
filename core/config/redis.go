package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"foyer/core/redisclient"
	"foyer/sdk/conf"
)

// Redis is what replicas share besides the database (settings.md 2.3).
type Redis struct {
	URL       conf.Secret          // redis://, rediss:// or unix://; "" = in this process's memory, unless there are Sentinels
	TLS       redisclient.TLS      // ca, certificate, certificate_key
	Sentinel  redisclient.Sentinel // sentinel_…
	KeyPrefix string               // key_prefix of all keys
	Timeout   time.Duration        // timeout of one call, connecting included
	PoolSize  int                  // pool_size: most connections
}

func defaultRedis() Redis {
	return Redis{KeyPrefix: "foyer", Timeout: time.Second, PoolSize: 20}
}

func (r *Redis) Fields(f *conf.Fields) {
	f.Secret("url", &r.URL, "Redis address, redis://user:password@host:port/database, rediss:// or unix://; \"\" = this process's memory, for a single node. Of a list in the legacy variable the first one is used.").
		LegacyAs(legacyRedisURL, "REDIS_URL")
	f.String("ca", &r.TLS.CA, "PEM certificates of the authorities that a server's is checked with (rediss://); \"\" = the system's.").FromFile()
	f.String("certificate", &r.TLS.Certificate, "PEM certificate to show to the server, where it asks for one.").FromFile()
	f.Secret("certificate_key", &r.TLS.Key, "PEM key of that certificate.")
	f.String("sentinel_master", &r.Sentinel.Master, "Name of the master at the Sentinels; \"\" = no Sentinels. With it the scheme, user, password and database of redis.url count, and its host does not; rediss:// is then for the Sentinels too.")
	f.List("sentinel_addresses", &r.Sentinel.Addresses, "The Sentinels, host:port each; the port is 26379 unless said.")
	f.String("sentinel_user", &r.Sentinel.User, "User at the Sentinels, where they have users.")
	f.Secret("sentinel_password", &r.Sentinel.Password, "Password at the Sentinels; that of the servers is in redis.url.")
	f.String("key_prefix", &r.KeyPrefix, "Begins every key: installations that share a database of Redis need one each.")
	f.Duration("timeout", &r.Timeout, "Time for one call, connecting included.").AtLeast(int64(10 * time.Millisecond)).AtMost(int64(30 * time.Second))
	f.Int("pool_size", &r.PoolSize, "Connections at most.").AtLeast(1).AtMost(1000)
}

// Client returns the settings of the connection.
func (r Redis) Client() redisclient.Settings {
	return redisclient.Settings{URL: r.URL, TLS: r.TLS, Sentinel: r.Sentinel, Timeout: r.Timeout, PoolSize: r.PoolSize}
}

// legacyRedisURL turns the replaced server's value into one URL: of a list, the
// first, which is the one written to, with those client parameters that mean
// something here.
func legacyRedisURL(text string) (string, error) {
	first, _, _ := strings.Cut(text, ",")
	first = strings.TrimSpace(first)
	u, _ := url.Parse(first)
	if u == nil || u.RawQuery == "" { // validation reports what is not a URL
		return first, nil
	}
	given, kept := u.Query(), url.Values{}
	names := []string{"db", "protocol"}
	if u.Scheme == "rediss" {
		names = append(names, "ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
	}
	for _, name := range names {
		if given.Has(name) {
			kept.Set(name, given.Get(name))
		}
	}
	if u.Scheme == "rediss" && slices.Contains([]string{"none", "CERT_NONE"}, given.Get("ssl_cert_reqs")) {
		kept.Set("skip_verify", "true")
	}
	u.RawQuery = kept.Encode()
	return u.String(), nil
}

// validateRedis builds the client as the start does, so that check-config refuses
// what the start would.
func (l *loader) validateRedis() {
	r := l.config.Redis
	for _, f := range redisclient.Check(r.Client()) {
		l.fault("redis."+f.Setting, "%s", f.Problem)
	}
	if r.Client().MeansSentinel() {
		l.warn("redis.url", "names the port of Sentinels, which are not a Redis: set redis.sentinel_master and redis.sentinel_addresses if it is one")
	}
	if strings.ContainsAny(r.KeyPrefix, "{} \t\r\n") || r.KeyPrefix == "" {
		l.fault("redis.key_prefix", "%q cannot begin a key: leave out spaces and braces", r.KeyPrefix)
	}
}

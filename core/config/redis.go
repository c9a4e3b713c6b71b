package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foyer/core/module/conf"
)

// Redis is what replicas share besides the database (settings.md 2.3).
type Redis struct {
	URL       conf.Secret   // redis://, rediss:// or unix://; "" = memory of this process
	KeyPrefix string        // key_prefix of every key
	Timeout   time.Duration // timeout of one call, connecting included
	PoolSize  int           // pool_size: connections at most
}

func defaultRedis() Redis {
	return Redis{KeyPrefix: "foyer", Timeout: time.Second, PoolSize: 20}
}

// Fields declares the section.
func (r *Redis) Fields(f *conf.Fields) {
	f.Secret("url", &r.URL, "Redis address, redis://user:password@host:port/database, rediss:// or unix://; \"\" = this process's memory, for a single node. Of a list in the legacy variable the first one is used.").
		LegacyAs(legacyRedisURL, "REDIS_URL")
	f.String("key_prefix", &r.KeyPrefix, "Begins every key: installations that share a database of Redis need one each.")
	f.Duration("timeout", &r.Timeout, "Time for one call, connecting included.").AtLeast(int64(10 * time.Millisecond)).AtMost(int64(30 * time.Second))
	f.Int("pool_size", &r.PoolSize, "Connections at most.").AtLeast(1).AtMost(1000)
}

// legacyRedisURL turns the replaced server's value into one URL: of a list the
// first, which is the one written to, with those of its client's parameters
// that have a meaning here.
func legacyRedisURL(text string) (string, error) {
	first, _, _ := strings.Cut(text, ",")
	first = strings.TrimSpace(first)
	u, _ := url.Parse(first)
	if u == nil || u.RawQuery == "" { // what is no URL is told by the validation
		return first, nil
	}
	given, kept := u.Query(), url.Values{}
	for _, name := range []string{"db", "protocol"} {
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

func (l *loader) validateRedis() {
	r := l.config.Redis
	if !r.URL.IsZero() {
		if _, err := redis.ParseURL(r.URL.Reveal()); err != nil { // its text would show the password
			l.fault("redis.url", "is not an address such as redis://host:6379/0")
		}
	}
	if strings.ContainsAny(r.KeyPrefix, "{} \t\r\n") || r.KeyPrefix == "" {
		l.fault("redis.key_prefix", "%q is no beginning of a key: leave out spaces and braces", r.KeyPrefix)
	}
}

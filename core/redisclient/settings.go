package redisclient

import (
	"time"

	"foyer/sdk/conf"
)

// Settings are those of the section "redis" that are about connecting.
type Settings struct {
	// URL is redis://, rediss:// or unix://. With Sentinels its user, password,
	// database and scheme count, and its host does not; "" = redis://.
	URL conf.Secret
	TLS TLS
	// Sentinel names the master that is written to; none = the host of URL.
	Sentinel Sentinel
	Timeout  time.Duration // of a call, and of connecting
	PoolSize int           // connections at most
}

// TLS is what rediss:// needs where the system's authorities do not do. All
// are PEM texts.
type TLS struct {
	CA          string      // authorities, instead of the system's; "" = those
	Certificate string      // of this client; "" = none
	Key         conf.Secret // of that certificate
}

// Sentinel is how a master is found that may change.
type Sentinel struct {
	Master    string      // its name at the Sentinels; "" = no Sentinels
	Addresses []string    // host:port, or hosts with port 26379
	User      string      // at the Sentinels
	Password  conf.Secret // at the Sentinels; that of the servers is in the URL
}

// Used tells whether there is a Redis at all.
func (s Settings) Used() bool { return !s.URL.IsZero() || s.Sentinel.Master != "" }

// Fault is a setting that cannot be used. It shows no secrets.
type Fault struct {
	Setting string // such as "sentinel_master"
	Problem string
}

// Error is "redis.SETTING: PROBLEM".
func (f *Fault) Error() string { return "redis." + f.Setting + ": " + f.Problem }

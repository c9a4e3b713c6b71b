package redisclient

import (
	"time"

	"foyer/sdk/conf"
)

// Settings are those of the section "redis" that concern connecting.
type Settings struct {
	// URL is redis://, rediss:// or unix://. With Sentinels only its user,
	// password, database and scheme count, not its host; "" = redis://.
	URL conf.Secret
	TLS TLS
	// Sentinel finds the master to write to; unset = the host of URL.
	Sentinel Sentinel
	Timeout  time.Duration // of a call, including connecting
	PoolSize int           // most connections
}

// TLS is what rediss:// needs if the system's authorities are not enough. All are
// PEM texts.
type TLS struct {
	CA          string      // authorities, instead of the system's; "" = those
	Certificate string      // of this client; "" = none
	Key         conf.Secret // of that certificate
}

// Sentinel is how to find a master that may change.
type Sentinel struct {
	Master    string      // its name on the Sentinels; "" = no Sentinels
	Addresses []string    // host:port, or hosts with port 26379
	User      string      // on the Sentinels
	Password  conf.Secret // on the Sentinels; that of the servers is in the URL
}

// Used reports whether there is a Redis at all.
func (s Settings) Used() bool { return !s.URL.IsZero() || s.Sentinel.Master != "" }

// Fault is a setting that cannot be used. It reveals no secrets.
type Fault struct {
	Setting string // such as "sentinel_master"
	Problem string
}

// Error returns "redis.SETTING: PROBLEM".
func (f *Fault) Error() string { return "redis." + f.Setting + ": " + f.Problem }

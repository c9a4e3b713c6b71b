package redisclient

import (
	"errors"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// searching is how many times the time of a call a connection may take that is
// found through Sentinels. When the one that was asked so far hangs, the
// library asks it twice before it asks the others, each for the time of a call,
// and would never get to them in less. Calls do not wait for that: the
// connection is there for a later one.
const searching = 5

// New makes the client. Its errors are Faults, joined; they show no secrets.
func New(s Settings) (*redis.Client, error) {
	o, err := options(s)
	if err != nil {
		return nil, err
	}
	logging.Disable() // of the library: what goes wrong is told by the calls
	if s.Sentinel.Master == "" {
		return redis.NewClient(o), nil
	}
	return redis.NewFailoverClient(failover(s, o)), nil
}

// Check tells what New refuses.
func Check(s Settings) []*Fault {
	_, err := options(s)
	return faults(err)
}

// faults takes joined errors apart.
func faults(err error) (list []*Fault) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // of this package, which wraps none
		for _, e := range joined.Unwrap() {
			list = append(list, faults(e)...)
		}
	}
	if f, ok := err.(*Fault); ok { //nolint:errorlint // the same
		list = append(list, f)
	}
	return list
}

// options are those for a server: the one of the URL, or each master.
func options(s Settings) (*redis.Options, error) {
	o, tls, err := parse(s)
	if err = errors.Join(err, s.Sentinel.check()); err != nil {
		return nil, err
	}
	if err := tls.apply(o); err != nil {
		return nil, err
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = s.Timeout, s.Timeout, s.Timeout, s.Timeout
	o.ContextTimeoutEnabled = true
	o.PoolSize, o.PipelinePoolSize = s.PoolSize, -1
	// A call is not sent twice, for it may have had effect. Connections that
	// broke while they were idle are found out before they are used.
	o.MaxRetries, o.DialerRetries = -1, 1
	// Nothing that servers before 6.2, and those that only speak the protocol,
	// do not know.
	if o.Protocol == 0 {
		o.Protocol = 2
	}
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o, nil
}

// failover has what o says for the master that the Sentinels name.
func failover(s Settings, o *redis.Options) *redis.FailoverOptions {
	f := &redis.FailoverOptions{
		MasterName: s.Sentinel.Master, SentinelAddrs: s.Sentinel.addresses(),
		SentinelUsername: s.Sentinel.User, SentinelPassword: s.Sentinel.Password.Reveal(),
		Username: o.Username, Password: o.Password, DB: o.DB, Protocol: o.Protocol, TLSConfig: o.TLSConfig,
		DialTimeout: searching * s.Timeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, PoolTimeout: o.PoolTimeout,
		ContextTimeoutEnabled: o.ContextTimeoutEnabled, PoolSize: o.PoolSize, PipelinePoolSize: o.PipelinePoolSize,
		MaxRetries: o.MaxRetries, DialerRetries: o.DialerRetries, DisableIdentity: o.DisableIdentity,
	}
	if f.TLSConfig != nil {
		f.TLSConfig.ServerName = "" // each server and Sentinel by its own name
	}
	return f
}

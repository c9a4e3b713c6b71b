package redisclient

import (
	"errors"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// searching is how long a connection found through Sentinels may take, in
// multiples of a call's time limit. If the Sentinel asked so far hangs, the
// library asks it twice before the others, each time for a full call, and would
// never get to them in less. Calls do not wait for that: the connection is there
// for a later one.
const searching = 5

// New returns the client. Its errors are Faults, joined; they reveal no secrets.
func New(s Settings) (*redis.Client, error) {
	o, err := options(s)
	if err != nil {
		return nil, err
	}
	logging.Disable() // of the library: calls report what goes wrong
	if s.Sentinel.Master == "" {
		return redis.NewClient(o), nil
	}
	return redis.NewFailoverClient(failover(s, o)), nil
}

// Check returns what New would refuse.
func Check(s Settings) []*Fault {
	_, err := options(s)
	return faults(err)
}

// faults splits up joined errors.
func faults(err error) (list []*Fault) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // of this package, which does not wrap any
		for _, e := range joined.Unwrap() {
			list = append(list, faults(e)...)
		}
	}
	if f, ok := err.(*Fault); ok { //nolint:errorlint // likewise
		list = append(list, f)
	}
	return list
}

// options are those for one server: the URL's, or each master.
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
	// A call is not sent twice, since it may have taken effect. Connections that
	// broke while idle are detected before they are used.
	o.MaxRetries, o.DialerRetries = -1, 1
	// Use nothing that is unknown to servers before 6.2, or to those that only
	// speak the protocol.
	if o.Protocol == 0 {
		o.Protocol = 2
	}
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o, nil
}

// failover applies o to the master that the Sentinels name.
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
		f.TLSConfig.ServerName = "" // each server and Sentinel under its own name
	}
	return f
}

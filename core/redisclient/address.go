package redisclient

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"foyer/sdk/address"
	"foyer/sdk/conf"
)

// sentinelPort is where Sentinels listen by default.
const sentinelPort = "26379"

// errAddress does not quote the URL, which may contain a password.
var errAddress = &Fault{"url", "is not an address such as redis://host:6379/0"}

// remedy is what to set instead of a URL that means Sentinels.
const remedy = "set redis.sentinel_master and redis.sentinel_addresses"

// parse parses the URL. Parameters with which the replaced server's client
// (redis-py) names files are removed from it and the files read.
func parse(s Settings) (*redis.Options, TLS, error) {
	text, tls := s.URL.Reveal(), s.TLS
	if text == "" {
		text = "redis://"
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, tls, errAddress
	}
	q := u.Query()
	if strings.Contains(u.Scheme, "sentinel") || q.Has("master_name") {
		return nil, tls, &Fault{"url", "is an address of Sentinels: " + remedy + " instead"}
	}
	if s.Sentinel.Master != "" && u.Scheme == "unix" {
		return nil, tls, &Fault{"url", "is a socket, and Sentinels name hosts: begin with redis:// or rediss://"}
	}
	if problem := unusable(text, u); problem != "" {
		return nil, tls, &Fault{"url", problem}
	}
	err = errors.Join(fromFile(q, "ssl_ca_certs", &tls.CA), fromFile(q, "ssl_certfile", &tls.Certificate), tls.keyFrom(q))
	u.RawQuery = q.Encode()
	o, bad := redis.ParseURL(u.String())
	if bad != nil { // its text would reveal the password
		err = errors.Join(errAddress, err)
	}
	return o, tls, err
}

// unusable says what the client would ignore, or only fail at when it connects.
func unusable(text string, u *url.URL) string {
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case u.Port() != "" && (err != nil || n == 0):
		return "names a port that is not between 1 and 65535"
	case strings.Contains(text, "#"):
		return "has a fragment, which is not used: write # in a password as %23"
	case u.Hostname() != "" && u.Scheme != "unix":
		if err := address.Host(u.Hostname()); err != nil {
			return err.Error()
		}
	}
	return ""
}

// fromFile removes the parameter from q and reads the file into *p.
func fromFile(q url.Values, name string, p *string) error {
	path := q.Get(name)
	q.Del(name)
	if path == "" {
		return nil
	}
	text, err := conf.ReadValueFile(path)
	if err != nil {
		return &Fault{"url", name + ": " + err.Error()}
	}
	*p = text
	return nil
}

func (t *TLS) keyFrom(q url.Values) error {
	text := t.Key.Reveal()
	err := fromFile(q, "ssl_keyfile", &text)
	t.Key = conf.NewSecret(text)
	return err
}

// MeansSentinel reports whether the URL names the port of Sentinels while none
// are configured. Such a server accepts connections and refuses all calls.
func (s Settings) MeansSentinel() bool {
	u, err := url.Parse(s.URL.Reveal())
	return err == nil && s.Sentinel.Master == "" && u.Port() == sentinelPort
}

func (s Sentinel) check() error {
	var faults []error
	switch {
	case s.Master == "" && (len(s.Addresses) > 0 || s.User != "" || !s.Password.IsZero()):
		faults = append(faults, &Fault{"sentinel_master", "is missing: it is the name of the master at the Sentinels, often mymaster"})
	case s.Master != "" && len(s.Addresses) == 0:
		faults = append(faults, &Fault{"sentinel_addresses", "is missing: name the Sentinels, such as sentinel-1:26379"})
	case s.Master != "" && s.User != "" && s.Password.IsZero():
		faults = append(faults, &Fault{"sentinel_password", "is missing: redis.sentinel_user needs one"})
	}
	for _, a := range s.addresses() {
		host, port, err := net.SplitHostPort(a)
		n, bad := strconv.ParseUint(port, 10, 16)
		if err != nil || bad != nil || n == 0 || host == "" || strings.ContainsAny(host, "/@ ") {
			faults = append(faults, &Fault{"sentinel_addresses", "has what is not host:port, such as sentinel-1:26379"}) // it may be a URL with a password
		}
	}
	return errors.Join(faults...)
}

// addresses returns the addresses, each with a port.
func (s Sentinel) addresses() []string {
	list := slices.Clone(s.Addresses)
	for i, a := range list {
		a = strings.TrimSpace(a)
		if bare := strings.Trim(a, "[]"); !strings.Contains(a, ":") || net.ParseIP(bare) != nil {
			a = net.JoinHostPort(bare, sentinelPort)
		}
		list[i] = a
	}
	return list
}

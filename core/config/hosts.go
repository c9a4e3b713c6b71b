package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"foyer/sdk/address"
)

// Hosts are the names that requests may call the gateway by: a name, a name after
// "." including all below it, or "*". Empty = any.
type Hosts []string

// ParseHosts parses names as written in allowed_hosts; an IPv6 address may have
// brackets or not.
func ParseHosts(list []string) Hosts {
	var all Hosts
	for _, name := range list {
		if a, err := netip.ParseAddr(name); err == nil && a.Is6() {
			name = "[" + a.String() + "]"
		}
		all = append(all, strings.TrimSuffix(strings.ToLower(name), "."))
	}
	return all
}

// Allow reports whether a name is one of them; it must be in lower case, without
// port or trailing ".", IPv6 in brackets.
func (h Hosts) Allow(name string) bool {
	if len(h) == 0 {
		return true
	}
	for _, allowed := range h {
		if allowed == "*" || allowed == name ||
			(strings.HasPrefix(allowed, ".") && (strings.HasSuffix(name, allowed) || name == allowed[1:])) {
			return true
		}
	}
	return false
}

// validateHosts refuses what no Host header can equal. The replaced server
// accepts such entries and never matches them; an environment that also has a
// valid one starts here too.
func (l *loader) validateHosts() {
	const key = "http.allowed_hosts"
	hosts := l.config.HTTP.AllowedHosts
	var problems []string
	for _, host := range hosts {
		if problem := hostProblem(host); problem != "" {
			problems = append(problems, fmt.Sprintf("%q never matches: %s", host, problem))
		}
	}
	tell := l.fault
	if l.isLegacy(key) && len(problems) < len(hosts) {
		tell = l.warn
	}
	for _, p := range problems {
		tell(key, "%s", p)
	}
	u, err := url.Parse(l.config.HTTP.PublicURL)
	if err == nil && u.Host != "" && len(problems) == 0 && !ParseHosts(hosts).Allow(hostOf(u)) {
		l.warn(key, "does not have %s, the host of http.public_url: if proxies pass that on, every request is 400", u.Hostname())
	}
}

// hostProblem says what is wrong with an item of allowed_hosts.
func hostProblem(host string) string {
	const advice = "write the host alone, without "
	if host == "*" {
		return ""
	}
	name := strings.TrimPrefix(host, ".")
	if inner, isIPv6 := strings.CutPrefix(host, "["); isIPv6 && strings.HasSuffix(inner, "]") {
		name = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(name)
	switch {
	case err == nil && a.Zone() != "":
		return advice + "the zone"
	case err == nil && name == host || err == nil && a.Is6() && !strings.HasPrefix(host, "."):
		return ""
	case err == nil:
		return advice + "a dot: an address has no sub-domains"
	case strings.Contains(host, "/"):
		return advice + "scheme and path"
	case strings.Contains(host, "@"):
		return advice + "a user"
	case strings.HasPrefix(host, "*."):
		return "write " + host[1:] + ", which covers the domain and its sub-domains"
	case strings.Contains(host, "*"):
		return "write .example.org for a domain and its sub-domains, or * for all hosts"
	case strings.Contains(host, ":"):
		return advice + "the port: any is taken"
	}
	if err := address.Host(name); err != nil {
		return err.Error()
	}
	return ""
}

// hostOf is the host in the form that Hosts has it.
func hostOf(u *url.URL) string {
	return strings.TrimSuffix(strings.TrimSuffix(u.Host, ":"+u.Port()), ".")
}

package httpx

import (
	"net/netip"
	"strings"
)

// hosts are the names that requests may call the gateway by: a name, a name
// after "." with all below it, or "*". None listed = any.
type hosts []string

// parseHosts takes names as they are configured; an IPv6 address with or
// without brackets.
func parseHosts(list []string) hosts {
	var all hosts
	for _, name := range list {
		if a, err := netip.ParseAddr(name); err == nil && a.Is6() {
			name = "[" + a.String() + "]"
		}
		all = append(all, strings.ToLower(name))
	}
	return all
}

// allows tells whether a Host header is one of ours. What is not host[:port] is
// nobody's: answers are made of it.
func (h hosts) allows(header string) bool {
	name, ok := hostName(header)
	if !ok {
		return false
	}
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

// longestName is that of the DNS, in bytes.
const longestName = 253

// hostName is host[:port] in lower case without the port and a last ".". No
// Host at all, as HTTP/1.0 allows, is the name "".
func hostName(header string) (name string, ok bool) {
	if rest, isIPv6 := strings.CutPrefix(header, "["); isIPv6 {
		inner, port, closed := strings.Cut(rest, "]")
		a, err := netip.ParseAddr(inner)
		return "[" + a.String() + "]", closed && err == nil && a.Is6() && a.Zone() == "" && isPort(port)
	}
	name, _, _ = strings.Cut(header, ":")
	if len(name) > longestName || !isPort(header[len(name):]) {
		return name, false
	}
	for _, b := range []byte(name) {
		if (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && b != '-' && b != '.' && b != '_' {
			return name, false
		}
	}
	return strings.ToLower(strings.TrimSuffix(name, ".")), true
}

// isPort tells whether text is what may follow a name: nothing, or ":" and
// digits.
func isPort(text string) bool {
	digits, given := strings.CutPrefix(text, ":")
	return text == "" || given && strings.Trim(digits, "0123456789") == ""
}

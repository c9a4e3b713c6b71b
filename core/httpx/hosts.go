package httpx

import (
	"net/netip"
	"strings"

	"foyer/core/config"
)

// allowed reports whether a Host header names one of our hosts. Anything but
// host[:port] is refused, since answers are built from it.
func allowed(h config.Hosts, header string) bool {
	name, ok := hostName(header)
	return ok && h.Allow(name)
}

// longestName is the DNS limit, in bytes.
const longestName = 253

// hostName is host[:port] in lower case without the port and a trailing ".". A
// missing Host, as HTTP/1.0 allows, is the name "".
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

// isPort reports whether text may follow a name: it is empty, or ":" and digits.
func isPort(text string) bool {
	digits, given := strings.CutPrefix(text, ":")
	return text == "" || given && strings.Trim(digits, "0123456789") == ""
}

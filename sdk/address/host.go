package address

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// longestName is the DNS's limit, in bytes.
const longestName = 253

// Host says what is wrong with a host, nil for nothing: a name as browsers send
// it, or an address, IPv6 without brackets. A name may end in a dot.
func Host(text string) error {
	if text == "" {
		return errors.New("there is no host")
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return nil
	}
	if strings.Contains(text, ":") {
		return fmt.Errorf("%s is neither a host nor an IPv6 address", text)
	}
	name := strings.TrimSuffix(text, ".")
	if len(name) > longestName || strings.HasPrefix(name, ".") || strings.Contains(name, "..") || name == "" {
		return fmt.Errorf("%s is not a host name", text)
	}
	for _, r := range name {
		switch {
		case r > 0x7f:
			return fmt.Errorf("%s is not a host name as browsers send it: write xn--…", text)
		case (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '.' && r != '_':
			return fmt.Errorf("%s is not a host name", text)
		}
	}
	// Browsers and resolvers take a name that ends in a number for an address
	// (WHATWG URL 3.5).
	if last := name[strings.LastIndex(name, ".")+1:]; strings.Trim(last, "0123456789") == "" {
		return fmt.Errorf("%s is not an IP address", text)
	}
	return nil
}

// Listen is the address of a listener.
type Listen struct {
	Host string // "" = all addresses of the machine
	Port uint16 // 0 = any free port
}

// ParseListen reads host:port; the host may be empty.
func ParseListen(text string) (Listen, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return Listen{}, fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080", text)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return Listen{}, fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080: ports go up to 65535", text)
	}
	if host != "" {
		if err := Host(host); err != nil {
			return Listen{}, fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080: %w", text, err)
		}
	}
	return Listen{Host: host, Port: uint16(n)}, nil
}

// Overlaps reports whether one machine cannot listen on both.
func (l Listen) Overlaps(other Listen) bool {
	if l.Port == 0 || l.Port != other.Port {
		return false
	}
	a, known := l.addr()
	b, alsoKnown := other.addr()
	if !known || !alsoKnown {
		return strings.EqualFold(strings.TrimSuffix(l.Host, "."), strings.TrimSuffix(other.Host, ".")) || everywhere(a, known) || everywhere(b, alsoKnown)
	}
	switch {
	case a == b:
		return true
	case a.IsUnspecified() && b.IsUnspecified():
		return true
	case a.IsUnspecified():
		return a.Is6() || b.Is4() // [::] takes IPv4 too
	case b.IsUnspecified():
		return b.Is6() || a.Is4()
	}
	return false
}

func everywhere(a netip.Addr, known bool) bool { return known && a.IsUnspecified() }

// addr is the address, if it is known without asking the DNS.
func (l Listen) addr() (netip.Addr, bool) {
	switch {
	case l.Host == "":
		return netip.IPv6Unspecified(), true
	case strings.EqualFold(l.Host, "localhost"): // Go prefers IPv4 where a name has both
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	}
	a, err := netip.ParseAddr(l.Host)
	return a.Unmap(), err == nil
}

package relay

import (
	"maps"
	"net/http"
	"net/textproto"
	"strings"
)

// hop are the hop-by-hop headers (RFC 9110 section 7.6.1).
var hop = map[string]bool{
	"Connection": true, "Proxy-Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Te": true, "Transfer-Encoding": true, "Upgrade": true,
}

// framing are those and the ones that writeHead writes last.
var framing = with(hop, "Content-Length", "Trailer")

func with(names map[string]bool, more ...string) map[string]bool {
	all := maps.Clone(names)
	for _, name := range more {
		all[name] = true
	}
	return all
}

// besides returns the headers that are not passed on: names, and those that
// Connection lists.
func besides(names map[string]bool, h http.Header) map[string]bool {
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			name = textproto.CanonicalMIMEHeaderKey(textproto.TrimString(name))
			if h[name] != nil && !names[name] {
				names = with(names, name)
			}
		}
	}
	return names
}

// pass sets the headers of an answer over those already there, as a handler
// would. Lists that others add to are extended.
func pass(h, from http.Header) {
	not := besides(hop, from)
	for name, values := range from {
		switch {
		case not[name]:
		case name == "Set-Cookie", name == "Vary":
			h[name] = append(h[name][:len(h[name]):len(h[name])], values...)
		default:
			h[name] = values
		}
	}
}

// upgradeOf is the protocol that a head wants to switch to, "" = none.
func upgradeOf(h http.Header) string {
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(textproto.TrimString(name), "upgrade") {
				return h.Get("Upgrade")
			}
		}
	}
	return ""
}

package httpx

import (
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the networks whose forwarding headers are believed.
type proxies []netip.Prefix

// parseProxies parses addresses and CIDRs.
func parseProxies(list []string) (proxies, error) {
	var all proxies
	for _, text := range list {
		if a, err := netip.ParseAddr(text); err == nil {
			a = a.Unmap()
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// peer returns the client's address and whether it came over https, believing
// forwarded headers only from trusted proxies: the address is the last one in
// X-Forwarded-For that is not a proxy of ours.
func (p proxies) peer(r *http.Request) (address string, https bool) {
	https = r.TLS != nil
	client, ok := parseHop(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr, https
	}
	if !p.has(client) {
		return client.String(), https
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
		proto, _, _ = strings.Cut(proto, ",") // in a chain, what the first proxy saw
		https = strings.EqualFold(strings.TrimSpace(proto), "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		text := strings.TrimSpace(hops[i])
		if text == "" {
			continue // an empty list element says nothing (RFC 9110 5.6.1)
		}
		hop, ok := parseHop(text)
		if !ok {
			break
		}
		client = hop
		if !p.has(hop) {
			break
		}
	}
	return client.String(), https
}

// parseHop parses an address as peers and proxies write it: bare, in brackets,
// with a port, or quoted as in RFC 7239. A zone only means something on the
// machine that wrote it.
func parseHop(text string) (netip.Addr, bool) {
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(quoted, `"`)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
			text += ":0"
		}
		with, err := netip.ParseAddrPort(text)
		if err != nil {
			return a, false
		}
		a = with.Addr()
	}
	return a.Unmap().WithZone(""), true
}

func (p proxies) has(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

package httpx

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
	"foyer/core/module"
	"foyer/core/module/reply"
)

// edge is what every request passes before it is matched: headers that the
// house uses inside are stripped, proxies are believed only when configured,
// hosts are checked and the standing headers are set (core-rest.md 1.10, 1.11).
type edge struct {
	cfg     config.HTTP
	proxies []netip.Prefix
	cors    *cors
	hsts    string
	public  *url.URL // nil = as the request says
}

// internalPrefix marks headers that only the gateway itself may set.
const internalPrefix = "X-Foyer-"

func newEdge(o Options) (*edge, error) {
	e := &edge{cfg: o.HTTP}
	for _, text := range o.HTTP.TrustedProxies {
		p, err := parsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("http.trusted_proxies: %w", err)
		}
		e.proxies = append(e.proxies, p)
	}
	var err error
	if e.cors, err = newCORS(o.HTTP); err != nil {
		return nil, err
	}
	if o.HTTP.PublicURL != "" {
		if e.public, err = url.Parse(o.HTTP.PublicURL); err != nil {
			return nil, fmt.Errorf("http.public_url: %w", err)
		}
	}
	if s := int(o.HTTP.HSTS.Seconds()); s > 0 {
		e.hsts = "max-age=" + strconv.Itoa(s) + "; includeSubDomains; preload"
	}
	return e, nil
}

func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

func (e *edge) handle(c *gin.Context) {
	r := c.Request
	for name := range r.Header {
		if strings.HasPrefix(name, internalPrefix) {
			delete(r.Header, name)
		}
	}
	address, https := e.peer(r)
	e.settle(r, address, https)
	h := c.Writer.Header()
	h["X-Frame-Options"] = deny
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = sameOrigin
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Vary"] = vary
	h["Content-Language"] = language
	if !isHeartbeat(r.URL.Path) {
		if !e.hostAllowed(r.Host) {
			reply.Fail(c, reply.Detail(http.StatusBadRequest, "Invalid Host header."))
			return
		}
		if e.cfg.RedirectHTTPS && !https {
			c.Header("Location", "https://"+r.Host+r.URL.RequestURI())
			c.AbortWithStatus(http.StatusMovedPermanently)
			return
		}
	}
	if https && e.hsts != "" {
		h.Set("Strict-Transport-Security", e.hsts)
	}
	if e.cors.handle(c) {
		return
	}
	c.Request = r.WithContext(module.WithCaller(r.Context(), &module.Caller{Address: address}))
	c.Next()
}

// isHeartbeat: probes name the server by its address and come by plain http.
func isHeartbeat(path string) bool {
	switch strings.TrimSuffix(path, "/") {
	case "/__heartbeat__", "/__lbheartbeat__":
		return true
	}
	return false
}

// settle writes what was found about the client where later stages look: the
// scheme and host that the client sees into the URL, and the address into the
// one forwarding header, so that nobody believes what a client invented.
func (e *edge) settle(r *http.Request, address string, https bool) {
	r.URL.Scheme, r.URL.Host = "http", r.Host
	if https {
		r.URL.Scheme = "https"
	}
	if e.public != nil {
		r.URL.Scheme, r.URL.Host = e.public.Scheme, e.public.Host
	}
	forwarded := r.Header["X-Forwarded-For"] != nil
	for _, name := range forwardingHeaders {
		delete(r.Header, name)
	}
	if forwarded {
		r.Header["X-Forwarded-For"] = []string{address}
	}
}

var forwardingHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-Ip"}

// Values are shared between answers and never changed.
var (
	deny       = []string{"DENY"}
	nosniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	vary       = []string{"origin, Accept-Language, Cookie"}
	language   = []string{"en-us"}
)

// peer gives the client's address and whether it came by https, believing
// forwarded headers only from trusted proxies: the address is the last one of
// X-Forwarded-For that is not a proxy of ours.
func (e *edge) peer(r *http.Request) (address string, https bool) {
	https = r.TLS != nil
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !e.trusted(host) {
		return host, https
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
		proto, _, _ = strings.Cut(proto, ",") // of a chain, what the first proxy saw
		https = strings.EqualFold(strings.TrimSpace(proto), "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			return host, https
		}
		host = hop
		if !e.trusted(hop) {
			break
		}
	}
	return host, https
}

func (e *edge) trusted(address string) bool {
	if len(e.proxies) == 0 {
		return false
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, p := range e.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

func (e *edge) hostAllowed(hostport string) bool {
	if len(e.cfg.AllowedHosts) == 0 {
		return true
	}
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, allowed := range e.cfg.AllowedHosts {
		allowed = strings.ToLower(allowed)
		if allowed == "*" || allowed == host ||
			(strings.HasPrefix(allowed, ".") && (strings.HasSuffix(host, allowed) || host == allowed[1:])) {
			return true
		}
	}
	return false
}

package httpx

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// edge is what every request passes before it is matched: it strips headers
// reserved for internal use, believes only configured proxies, checks hosts and
// sets the standing headers (core-rest.md 1.10, 1.11).
type edge struct {
	cfg     config.HTTP
	proxies proxies
	hosts   config.Hosts
	refused *refusedHosts
	// anyHost reports whether a request may use any host name.
	anyHost func(c *gin.Context) bool
	cors    *cors
	hsts    string
	public  *url.URL // nil = as the request says
}

// internalPrefix marks headers that only the gateway may set.
const internalPrefix = "X-Foyer-"

func newEdge(o Options, anyHost func(*gin.Context) bool) (*edge, error) {
	e := &edge{cfg: o.HTTP, hosts: config.ParseHosts(o.HTTP.AllowedHosts), refused: newRefusedHosts(o.Log), anyHost: anyHost}
	var err error
	if e.proxies, err = parseProxies(o.HTTP.TrustedProxies); err != nil {
		return nil, fmt.Errorf("http.trusted_proxies: %w", err)
	}
	if e.cors, err = newCORS(o.HTTP); err != nil {
		return nil, err
	}
	if o.HTTP.PublicURL != "" {
		if e.public, err = url.Parse(o.HTTP.PublicURL); err != nil {
			return nil, fmt.Errorf("http.public_url: %w", err)
		}
	}
	if s := int(o.HTTP.HSTS.Seconds()); s > 0 {
		e.hsts = "max-age=" + strconv.Itoa(s)
		if o.HTTP.HSTSSubdomains {
			e.hsts += "; includeSubDomains; preload"
		}
	}
	return e, nil
}

func (e *edge) handle(c *gin.Context) {
	r := c.Request
	for name := range r.Header {
		if strings.HasPrefix(name, internalPrefix) {
			delete(r.Header, name)
		}
	}
	address, https := e.proxies.peer(r)
	asked := r.Host
	e.settle(r, address, https)
	h := c.Writer.Header()
	h["X-Frame-Options"] = deny
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = sameOrigin
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Vary"] = vary
	h["Cache-Control"] = noStore
	h["Content-Language"] = language
	stranger, plain := !allowed(e.hosts, asked), e.cfg.RedirectHTTPS && !https
	if (stranger || plain) && !isHeartbeat(r.URL.Path) && !e.anyHost(c) {
		if stranger {
			e.refused.tell(r.Context(), asked)
			fail(c, reply.Detail(http.StatusBadRequest, "Invalid Host header."))
			return
		}
		c.Header("Location", "https://"+r.Host+r.URL.RequestURI())
		c.AbortWithStatus(http.StatusMovedPermanently)
		return
	}
	// Where browsers come over https the last hop may still be plain; over plain
	// http they ignore the header (RFC 6797 8.1).
	if e.hsts != "" && (https || e.public != nil && e.public.Scheme == "https") {
		h.Set("Strict-Transport-Security", e.hsts)
	}
	if e.cors.handle(c) {
		return
	}
	ctx := module.WithCaller(r.Context(), &module.Caller{Address: address})
	if e.public != nil {
		ctx = module.WithConfiguredOrigin(ctx)
	}
	c.Request = r.WithContext(ctx)
	c.Next()
}

// isHeartbeat: probes address the server by IP and over plain http.
func isHeartbeat(path string) bool {
	switch strings.TrimSuffix(path, "/") {
	case "/__heartbeat__", "/__lbheartbeat__":
		return true
	}
	return false
}

// settle writes what was found out about the client where later stages look: the
// scheme and host that clients see into URL and Host, the address into the one
// forwarding header, so that nothing a client made up is believed.
func (e *edge) settle(r *http.Request, address string, https bool) {
	r.URL.Scheme = "http"
	if https {
		r.URL.Scheme = "https"
	}
	if e.public != nil {
		r.URL.Scheme, r.Host = e.public.Scheme, e.public.Host
	}
	r.URL.Host = r.Host
	forwarded := r.Header["X-Forwarded-For"] != nil
	for _, name := range forwardingHeaders {
		delete(r.Header, name)
	}
	if forwarded {
		r.Header["X-Forwarded-For"] = []string{address}
	}
}

var forwardingHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-Ip"}

// These values are shared between answers and never modified.
var (
	deny       = []string{"DENY"}
	nosniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	// noStore applies unless a handler knows better: many answers hold tokens and
	// signatures.
	noStore  = []string{"no-store"}
	vary     = []string{"origin, Accept-Language, Cookie"}
	language = []string{"en-us"}
)

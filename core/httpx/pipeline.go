package httpx

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// limiterTime bounds one call of the limiter.
const limiterTime = 2 * time.Second

// serve is what one route goes through: flag, access, throttle, handler. A route
// that is off is as good as undeclared; refuse answers then.
func (m *mounter) serve(r mounted, allow func() []string, refuse gin.HandlerFunc) gin.HandlerFunc {
	guard, limiter, handler := m.options.Guard, m.options.Limiter, r.Handler
	return func(c *gin.Context) {
		if !m.open(r) {
			refuse(c)
			return
		}
		if !parametersAreSane(c) || !formatIsKnown(c) {
			notFound(c)
			return
		}
		c.Writer.Header()["Allow"] = allow()
		tellRoute(c, r.Path)
		if !r.AnyType && !acceptsJSON(c.Request) {
			fail(c, r.told(notAcceptable()))
			return
		}
		if err := guard.Admit(c.Writer, c.Request, r.Route); err != nil {
			fail(c, r.told(err))
			return
		}
		if r.Limit != "" && limiter != nil {
			if err := throttle(c.Request, limiter, r.Limit, m.options.LimitKeys[r.Limit]); err != nil {
				fail(c, r.told(err))
				return
			}
		}
		if c.Request.Method == http.MethodHead && r.Method != http.MethodHead {
			c.Request.Method = http.MethodGet // of a copy: the server still omits the body
		}
		if r.Stream {
			defer stream(c, m.options.HTTP)()
		}
		w := reply.NewWriter(c.Writer)
		handler.ServeHTTP(w, c.Request)
		w.Finish()
	}
}

// tellRoute puts what matched where handlers look for it.
func tellRoute(c *gin.Context, path string) {
	c.Request.Pattern = path
	for _, p := range c.Params {
		c.Request.SetPathValue(p.Key, p.Value)
	}
}

// told is a refusal in the form that the route's callers read.
func (r mounted) told(err error) error {
	if !r.RPCStatus || errors.Is(err, context.Canceled) {
		return err
	}
	return reply.AsRPCStatus(err, nil)
}

// open reports whether both flags of a route are on.
func (m *mounter) open(r mounted) bool {
	return (r.group == "" || m.options.Gate.On(r.group)) && (r.Flag == "" || m.options.Gate.On(r.Flag))
}

// takesAnyHost reports whether the matched route accepts any host name. While it
// is off it is an unknown path.
func (m *mounter) takesAnyHost(c *gin.Context) bool {
	for _, r := range m.forms[c.FullPath()] {
		if r.AnyHost && r.Method == c.Request.Method {
			return m.open(r)
		}
	}
	return false
}

// refuseMethod answers a method that none of the path's routes has: as an unknown
// path if all of them are off; otherwise, after the path's own access rule, with
// 405 (core-rest.md 1.2), or for OPTIONS with just the Allow header.
func (m *mounter) refuseMethod(routes []mounted, allow func() []string) gin.HandlerFunc {
	return func(c *gin.Context) {
		first := slices.IndexFunc(routes, m.open)
		if first < 0 || !parametersAreSane(c) || !formatIsKnown(c) {
			notFound(c)
			return
		}
		c.Writer.Header()["Allow"] = allow()
		tellRoute(c, routes[first].Path)
		if err := m.options.Guard.Admit(c.Writer, c.Request, routes[first].Route); err != nil {
			fail(c, routes[first].told(err))
			return
		}
		if c.Request.Method == http.MethodOptions {
			c.Status(http.StatusOK)
			return
		}
		fail(c, reply.Detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", c.Request.Method)))
	}
}

// allow returns a function that gives the path's Allow header: the methods of the
// routes that are on. If one flag rules them all, it is built once.
func (m *mounter) allow(routes []mounted) func() []string {
	list := func(open func(mounted) bool) []string {
		var names []string
		for _, r := range routes {
			if r.Method != http.MethodOptions && open(r) {
				names = append(names, r.Method)
			}
		}
		return []string{strings.Join(append(names, http.MethodOptions), ", ")}
	}
	alike := func(r mounted) bool { return r.group == routes[0].group && r.Flag == routes[0].Flag }
	if all := list(alike); slices.IndexFunc(routes, func(r mounted) bool { return !alike(r) }) < 0 {
		return func() []string { return all }
	}
	return func() []string { return list(m.open) }
}

// parametersAreSane: doubled slashes name nothing, and neither do escaped ones,
// which many proxies unescape: what they reach would depend on the proxy in
// front. A room may not contain "." either (core-rest.md 1.1). The rest of a path
// stays below it.
func parametersAreSane(c *gin.Context) bool {
	rest := strings.Contains(c.FullPath(), "/*")
	for i, p := range c.Params {
		switch {
		case rest && i == len(c.Params)-1:
			if !staysBelow(p.Value) {
				return false
			}
		case p.Value == "" || strings.Contains(p.Value, "/") || p.Key == "room" && strings.ContainsAny(p.Value, ".\x00"):
			return false
		}
	}
	return true
}

// staysBelow reports whether the segments of a path's rest, which starts with a
// slash, all name something; having none is fine.
func staysBelow(rest string) bool {
	if rest == "" || rest == "/" {
		return true
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/"), "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsRune(segment, 0) {
			return false
		}
	}
	return true
}

// throttle counts by keyOf; nil counts by participant and room, by program, by
// account, or by address.
func throttle(r *http.Request, l Limiter, scope string, keyOf LimitKey) error {
	if keyOf == nil {
		keyOf = everybody
	}
	key, counted := keyOf(r)
	if !counted {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), limiterTime)
	defer cancel()
	wait, err := l.Allow(ctx, scope, key)
	switch {
	case err != nil:
		return reply.Unavailable(time.Second, fmt.Errorf("ask limiter of %s: %w", scope, err))
	case wait > 0:
		return reply.Throttled(wait)
	}
	return nil
}

func everybody(r *http.Request) (key string, counted bool) {
	return limitKey(module.CallerFrom(r.Context())), true
}

// Guests counts anonymous callers, by address, and nobody else.
func Guests(r *http.Request) (key string, counted bool) {
	caller := module.CallerFrom(r.Context())
	return limitKey(caller), !caller.SignedIn() && caller.Token == nil
}

func limitKey(caller module.Caller) string {
	switch {
	case caller.Token != nil:
		return "token:" + caller.Token.Room + ":" + caller.Token.Identity
	case caller.Application != nil:
		return "application:" + caller.Application.Source.String()
	case caller.SignedIn():
		return "user:" + caller.UserID.String()
	default:
		return "address:" + caller.Network()
	}
}

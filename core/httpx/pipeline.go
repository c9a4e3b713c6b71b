package httpx

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/module"
	"foyer/core/module/reply"
)

// limiterTime bounds one question to the limiter.
const limiterTime = 2 * time.Second

// serve is the way of one route: flag, access, throttle, handler. A route that
// is off is to its path as if it were not declared; refuse answers then.
func (m *mounter) serve(r mounted, refuse gin.HandlerFunc) gin.HandlerFunc {
	guard, limiter, handler := m.options.Guard, m.options.Limiter, r.Handler
	return func(c *gin.Context) {
		if !m.open(r) {
			refuse(c)
			return
		}
		if !roomParameterIsSane(c) || !formatIsKnown(c) {
			notFound(c)
			return
		}
		if !acceptsJSON(c.Request) {
			reply.Fail(c, notAcceptable())
			return
		}
		if err := guard.Admit(c, r.Route); err != nil {
			reply.Fail(c, err)
			return
		}
		if r.Limit != "" && limiter != nil {
			if err := throttle(c, limiter, r.Limit, m.options.LimitKeys[r.Limit]); err != nil {
				reply.Fail(c, err)
				return
			}
		}
		if c.Request.Method == http.MethodHead {
			c.Request.Method = http.MethodGet // of a copy: the server still leaves the body out
		}
		handler(c)
	}
}

// open tells whether both flags of a route are on.
func (m *mounter) open(r mounted) bool {
	return (r.group == "" || m.options.Gate.On(r.group)) && (r.Flag == "" || m.options.Gate.On(r.Flag))
}

// refuseMethod answers a method that no route of the path has: as an unknown
// path when all of them are off, else after the path's own access rule with
// 405 (core-rest.md 1.2).
func (m *mounter) refuseMethod(routes []mounted) gin.HandlerFunc {
	return func(c *gin.Context) {
		open := slices.DeleteFunc(slices.Clone(routes), func(r mounted) bool { return !m.open(r) })
		if len(open) == 0 || !roomParameterIsSane(c) {
			notFound(c)
			return
		}
		if err := m.options.Guard.Admit(c, open[0].Route); err != nil {
			reply.Fail(c, err)
			return
		}
		allow := make([]string, 0, len(open)+1)
		for _, r := range open {
			allow = append(allow, r.Method)
		}
		e := reply.Detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", c.Request.Method))
		e.Header = map[string]string{"Allow": strings.Join(append(allow, http.MethodOptions), ", ")}
		reply.Fail(c, e)
	}
}

// roomParameterIsSane: a room in a path is one segment without "/" and "."
// (core-rest.md 1.1).
func roomParameterIsSane(c *gin.Context) bool {
	return !strings.ContainsAny(c.Param("room"), "/.\x00")
}

// throttle counts by keyOf, nil = by participant and room, by account, or by
// address.
func throttle(c *gin.Context, l Limiter, scope string, keyOf LimitKey) error {
	if keyOf == nil {
		keyOf = everybody
	}
	key, counted := keyOf(c)
	if !counted {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), limiterTime)
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

func everybody(c *gin.Context) (key string, counted bool) {
	return limitKey(module.CallerFrom(c.Request.Context())), true
}

// Guests counts anonymous callers by address and nobody else.
func Guests(c *gin.Context) (key string, counted bool) {
	caller := module.CallerFrom(c.Request.Context())
	return limitKey(caller), !caller.SignedIn() && caller.Token == nil
}

func limitKey(caller module.Caller) string {
	switch {
	case caller.Token != nil:
		return "token:" + caller.Token.Room + ":" + caller.Token.Identity
	case caller.SignedIn():
		return "user:" + caller.UserID.String()
	default:
		return "address:" + network(caller.Address)
	}
}

// network is what one client can call its own: an IPv4 address, or the /64 of
// an IPv6 address, within which it can change addresses at will.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

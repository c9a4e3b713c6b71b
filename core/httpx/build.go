package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
	"foyer/core/module"
	"foyer/core/module/reply"
	"foyer/flags"
)

// Guard establishes the caller and enforces a route's access rule. Its error
// is the answer.
type Guard interface {
	Admit(c *gin.Context, r module.Route) error
}

// Limiter counts requests. wait > 0 refuses the request for that long.
type Limiter interface {
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}

// LimitKey tells whom a request counts for; counted false lets it pass.
type LimitKey func(c *gin.Context) (key string, counted bool)

// Gate tells whether a flag is on; it must not block.
type Gate interface {
	On(key flags.Key) bool
}

// Group is routes behind a common flag, "" = always on.
type Group struct {
	Flag   flags.Key
	Routes []module.Route
}

// Options are what a router needs.
type Options struct {
	HTTP    config.HTTP
	Guard   Guard
	Limiter Limiter
	// LimitKeys are the scopes that do not count by participant and room, by
	// account, or by address.
	LimitKeys map[string]LimitKey
	Gate      Gate
	Log       *slog.Logger
	Health    *Health // nil = no health routes
}

// Build makes a router of the groups. Two routes that answer the same method
// and path, or a path that is not absolute and closed by "/", are an error.
func Build(o Options, groups ...Group) (http.Handler, error) {
	m := mounter{options: o, paths: map[string][]mounted{}}
	edge, err := newEdge(o, m.takesAnyHost)
	if err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash, engine.RedirectFixedPath = false, false
	engine.UseRawPath, engine.UnescapePathValues = true, true
	engine.HandleMethodNotAllowed = false
	engine.ContextWithFallback = false
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"} // settled by the edge
	if err := engine.SetTrustedProxies(o.HTTP.TrustedProxies); err != nil {
		return nil, fmt.Errorf("http.trusted_proxies: %w", err)
	}
	observe, err := newObserver(o.Log)
	if err != nil {
		return nil, err
	}
	engine.Use(observe.handle, edge.handle)
	engine.NoRoute(notFound)

	for _, g := range groups {
		for _, r := range g.Routes {
			m.add(g.Flag, r)
		}
	}
	if err := m.mount(engine); err != nil {
		return nil, err
	}
	if o.Health != nil {
		o.Health.mount(engine)
	}
	return decoded{engine, m.paths}, nil
}

// mounted is a route with the flag of its group.
type mounted struct {
	module.Route
	group flags.Key
}

type mounter struct {
	options Options
	paths   map[string][]mounted
	faults  []error
}

func (m *mounter) add(group flags.Key, r module.Route) {
	if !strings.HasPrefix(r.Path, "/") || !strings.HasSuffix(r.Path, "/") || r.Handler == nil || r.Method == "" {
		m.faults = append(m.faults, fmt.Errorf("route %s %q: want a method, a handler and an absolute path that ends in /", r.Method, r.Path))
		return
	}
	for _, other := range m.paths[r.Path] {
		if other.Method == r.Method {
			m.faults = append(m.faults, fmt.Errorf("route %s %s is declared twice (flags %q and %q)", r.Method, r.Path, other.group, group))
			return
		}
	}
	m.paths[r.Path] = append(m.paths[r.Path], mounted{r, group})
}

// mount registers every path with both slash forms and every method.
func (m *mounter) mount(engine *gin.Engine) (err error) {
	if len(m.faults) > 0 {
		return errors.Join(m.faults...)
	}
	defer func() { // gin panics on parameter names that conflict
		if p := recover(); p != nil {
			err = fmt.Errorf("mount routes: %v", p)
		}
	}()
	for _, path := range slices.Sorted(maps.Keys(m.paths)) {
		routes := m.paths[path]
		allow := m.allow(routes)
		refuse := m.refuseMethod(routes, allow)
		for _, form := range []string{path, strings.TrimSuffix(path, "/")} {
			if form == "" {
				continue
			}
			taken := map[string]bool{}
			for _, r := range routes {
				engine.Handle(r.Method, form, m.serve(r, allow, refuse))
				taken[r.Method] = true
			}
			if i := slices.IndexFunc(routes, func(r mounted) bool { return r.Method == http.MethodGet }); i >= 0 && !taken[http.MethodHead] {
				engine.Handle(http.MethodHead, form, m.serve(routes[i], allow, refuse))
				taken[http.MethodHead] = true
			}
			for _, method := range methods {
				if !taken[method] {
					engine.Handle(method, form, refuse)
				}
			}
		}
	}
	return nil
}

// methods are those that exist; others are unknown paths.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect,
}

func notFound(c *gin.Context) { reply.Fail(c, reply.NotFound()) }

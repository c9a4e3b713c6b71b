package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Guard establishes the caller and enforces a route's access rule. Its error is
// sent as the answer. It may add to the context of r, in place.
type Guard interface {
	Admit(w http.ResponseWriter, r *http.Request, route module.Route) error
}

// Limiter counts requests. wait > 0 refuses the request for that long.
type Limiter interface {
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}

// LimitKey returns whom a request counts against; counted false lets it pass.
type LimitKey func(r *http.Request) (key string, counted bool)

// Gate reports whether a flag is on; it must not block.
type Gate interface {
	On(key flags.Key) bool
}

// Group is routes behind a common flag, "" = always on.
type Group struct {
	Owner  string // the module that owns them, "" = the gateway itself
	Flag   flags.Key
	Routes []module.Route
}

// Options are what a router needs.
type Options struct {
	HTTP    config.HTTP
	Guard   Guard
	Limiter Limiter
	// LimitKeys holds the scopes that are not counted the usual way: by
	// participant and room, by account, or by address.
	LimitKeys map[string]LimitKey
	Gate      Gate
	Log       *slog.Logger
	Health    *Health // nil = no health routes
}

// Build returns a router of the groups. Groups that do not Fit are an error.
func Build(o Options, groups ...Group) (http.Handler, error) {
	m := newMounter(o)
	edge, err := newEdge(o, m.takesAnyHost)
	if err != nil {
		return nil, err
	}
	engine := newEngine()
	engine.RedirectTrailingSlash, engine.RedirectFixedPath = false, false
	engine.UseRawPath, engine.UnescapePathValues = true, true
	engine.HandleMethodNotAllowed = false
	engine.ContextWithFallback = false
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"} // set by the edge
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
			m.add(g, r)
		}
	}
	if err := m.mount(engine); err != nil {
		return nil, err
	}
	if o.Health != nil {
		o.Health.mount(engine)
	}
	return decoded{engine, m.paths, restsOf(m.paths)}, nil
}

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

// mounted is a route with the flag of its group.
type mounted struct {
	module.Route
	group flags.Key
	owner string
}

type mounter struct {
	options Options
	paths   map[string][]mounted // as declared
	forms   map[string][]mounted // as matched
	faults  []error
}

func newMounter(o Options) *mounter {
	return &mounter{options: o, paths: map[string][]mounted{}, forms: map[string][]mounted{}}
}

// mount registers every path with both slash forms and every method.
func (m *mounter) mount(engine *gin.Engine) error {
	if len(m.faults) > 0 {
		return errors.Join(m.faults...)
	}
	return recovered(func() {
		for _, path := range slices.Sorted(maps.Keys(m.paths)) {
			for _, form := range (module.Route{Path: path}).Forms() {
				m.forms[form] = m.paths[path]
				m.mountForm(engine, form, m.paths[path])
			}
		}
	})
}

// mountForm registers one spelling of a path.
func (m *mounter) mountForm(engine *gin.Engine, form string, routes []mounted) {
	allow := m.allow(routes)
	refuse := m.refuseMethod(routes, allow)
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

// methods are all that exist; with any other the path is unknown.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect,
}

func notFound(c *gin.Context) { fail(c, reply.NotFound()) }

// fail answers with err and ends the chain.
func fail(c *gin.Context, err error) {
	reply.Fail(c.Writer, c.Request, err)
	c.Abort()
}

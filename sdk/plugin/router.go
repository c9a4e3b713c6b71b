package plugin

import (
	"bufio"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
)

// router passes requests from the gateway, and from nobody else, to the module's
// handlers. It does no matching: the gateway has done that, and names the route.
type router struct {
	name   string
	token  []byte
	routes map[string]http.Handler // by method and path, as declared
	log    *slog.Logger
	tracer trace.Tracer
}

func newRouter(m module.Module, token string, l *slog.Logger) *router {
	h := &router{name: m.Name(), token: []byte(token), routes: map[string]http.Handler{}, log: l, tracer: otel.Tracer("foyer/sdk/plugin")}
	for _, r := range m.Routes() {
		h.routes[r.Method+" "+r.Path] = r.Handler
	}
	return h
}

func (h *router) ServeHTTP(inner http.ResponseWriter, r *http.Request) {
	w, notes := &recorder{ResponseWriter: inner}, []error(nil)
	r = r.WithContext(reply.Collect(r.Context(), &notes))
	e, err := h.admit(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	handler, found := h.routes[r.Method+" "+e.Pattern]
	if !found {
		reply.Fail(w, r, fmt.Errorf("the gateway asks for a route that the module %s does not have: %s %q", h.name, r.Method, e.Pattern))
		return
	}
	defer h.logFailure(w, r, e.Pattern, &notes)
	r, end := h.prepare(r, e)
	defer end()
	defer h.survive(w, r)
	handler.ServeHTTP(w, r)
}

// admit accepts only requests from the gateway, and reads what the gateway knows
// about them.
func (h *router) admit(r *http.Request) (e wire.Envelope, err error) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(wire.HeaderToken)), h.token) != 1 {
		return e, reply.Forbidden()
	}
	if e, err = wire.ReadEnvelope(r.Header); err != nil {
		return e, err
	}
	wire.StripInternal(r.Header)
	return e, nil
}

// prepare gives the request the context it would have in the gateway's process,
// and a span for the module's part.
func (h *router) prepare(r *http.Request, e wire.Envelope) (*http.Request, func()) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx = module.WithCaller(ctx, &e.Caller)
	if e.RequestID != "" {
		ctx = module.WithRequestID(ctx, e.RequestID)
	}
	if e.Configured {
		ctx = module.WithConfiguredOrigin(ctx)
	}
	ctx, span := h.tracer.Start(ctx, "module "+h.name+" "+e.Pattern, trace.WithSpanKind(trace.SpanKindServer))
	r = r.WithContext(ctx)
	r.URL.Scheme, r.URL.Host, r.Pattern = e.Scheme, r.Host, e.Pattern
	for name, value := range e.Values {
		r.SetPathValue(name, string(value))
	}
	if e.Caller.Address != "" {
		r.RemoteAddr = net.JoinHostPort(e.Caller.Address, "0")
	}
	return r, func() { span.End() }
}

// survive turns a handler's panic into a bare 500.
func (h *router) survive(w *recorder, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	h.log.ErrorContext(r.Context(), "panic in a handler", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	reply.Fail(w, r, fmt.Errorf("panic: %v", v))
}

// logFailure logs our failures, of which the gateway sees only the status.
func (h *router) logFailure(w *recorder, r *http.Request, pattern string, notes *[]error) {
	if len(*notes) > 0 && w.status >= http.StatusInternalServerError {
		h.log.ErrorContext(context.WithoutCancel(r.Context()), "request failed",
			"method", r.Method, "path", pattern, "status", w.status, "error", (*notes)[len(*notes)-1])
	}
}

// recorder remembers the status of the answer, 0 until it begins.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

func (w *recorder) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

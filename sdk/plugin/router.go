package plugin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
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
	w, notes := reply.NewWriter(inner), []error(nil)
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
	r, span := h.prepare(r, e)
	defer span.End()
	defer h.tell(w, r, &notes)
	defer h.survive(w, r)
	handler.ServeHTTP(w, r)
	w.Finish()
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

// prepare gives the request what it had in the gateway's process, and a span for the
// module's part.
func (h *router) prepare(r *http.Request, e wire.Envelope) (*http.Request, trace.Span) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := h.tracer.Start(ctx, "module "+h.name+" "+e.Pattern, trace.WithSpanKind(trace.SpanKindServer))
	return e.Onto(ctx, r), span
}

// survive turns a handler's panic into the bare 500. When part of the answer is
// out, or the handler wants it so, the client is cut off: the gateway sees the
// connection end in the middle of an answer, or is told when there is none.
func (h *router) survive(w *reply.Writer, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	err, ok := v.(error)
	wanted := ok && errors.Is(err, http.ErrAbortHandler)
	if !wanted {
		h.log.ErrorContext(r.Context(), "panic in a handler", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	}
	switch {
	case w.Begun():
		w.Flush() // else the gateway would not see that an answer had begun
		panic(http.ErrAbortHandler)
	case wanted:
		clear(w.Header())
		w.Header().Set(wire.HeaderAbort, "1")
		w.WriteHeader(http.StatusInternalServerError)
	default:
		reply.Fail(w, r, fmt.Errorf("panic: %v", v))
	}
	w.Finish()
}

// tell logs what failures were caused by, of which the gateway sees only the
// status.
func (h *router) tell(w *reply.Writer, r *http.Request, notes *[]error) {
	level := slog.LevelInfo
	if w.Status() >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	for _, err := range *notes {
		if cause := reply.As(err).Cause; cause != nil {
			h.log.LogAttrs(context.WithoutCancel(r.Context()), level, "request failed", slog.String("method", r.Method),
				slog.String("path", r.Pattern), slog.Int("status", w.Status()), slog.String("error", cause.Error()))
		}
	}
}

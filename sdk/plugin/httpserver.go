package plugin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
)

// webServer serves a module's routes on a unix socket.
type webServer struct {
	server *http.Server
	done   chan struct{}
}

func serveHTTP(m module.Module, socket, token string, l *slog.Logger) (*webServer, error) {
	listener, err := net.Listen("unix", socket) //nolint:noctx // returns at once
	if err != nil {
		return nil, fmt.Errorf("listen for http: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("listen for http: %w", err)
	}
	w := &webServer{done: make(chan struct{}), server: &http.Server{ //nolint:gosec // see below
		Handler:  router(m, token, l),
		ErrorLog: log.New(quiet{l}, "", 0),
		// No time-outs. Nobody but the gateway reaches the socket, and it closes
		// idle connections first, so that no request meets one that is being
		// closed. Besides, a deadline set and cleared for each request wakes the
		// thread that waits for the network: 30 µs.
	}}
	go func() {
		defer close(w.done)
		if err := w.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.Error("module http server ended", "error", err)
		}
	}()
	return w, nil
}

// close cuts off what still runs: the gateway has waited for requests to end.
func (w *webServer) close() {
	_ = w.server.Close()
	<-w.done
}

func router(m module.Module, token string, l *slog.Logger) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash, e.RedirectFixedPath = false, false
	e.UseRawPath, e.UnescapePathValues = true, true // as the gateway's router
	_ = e.SetTrustedProxies(nil)                    // the host tells the address
	e.NoRoute(func(c *gin.Context) { reply.Fail(c, reply.NotFound()) })
	tracer := otel.Tracer("foyer/core/process")
	e.Use(recoverer(l), admit([]byte(token)))
	for _, r := range m.Routes() {
		h := traced(tracer, l, m.Name(), r.Path, r.Handler)
		for _, form := range r.Forms() {
			e.Handle(r.Method, form, h)
		}
	}
	return e
}

// recoverer turns a handler's panic into the bare 500.
func recoverer(l *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			l.ErrorContext(c.Request.Context(), "panic in a handler", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			if c.Writer.Written() {
				panic(http.ErrAbortHandler)
			}
			reply.Fail(c, fmt.Errorf("panic: %v", v))
		}()
		c.Next()
	}
}

// admit takes requests from the gateway only, and restores what it knows.
func admit(token []byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := c.Request
		if subtle.ConstantTimeCompare([]byte(r.Header.Get(wire.HeaderToken)), token) != 1 {
			reply.Fail(c, reply.Forbidden())
			return
		}
		e, err := wire.ReadEnvelope(r.Header)
		if err != nil {
			reply.Fail(c, err)
			return
		}
		wire.StripInternal(r.Header)
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx = module.WithCaller(ctx, &e.Caller)
		if e.RequestID != "" {
			ctx = module.WithRequestID(ctx, e.RequestID)
		}
		if e.Configured {
			ctx = module.WithConfiguredOrigin(ctx)
		}
		// gin believes every forwarded address on a unix socket; this hides it.
		ctx = context.WithValue(ctx, http.LocalAddrContextKey, nil)
		c.Request = r.WithContext(ctx)
		c.Request.URL.Scheme, c.Request.URL.Host = e.Scheme, r.Host
		if e.Caller.Address != "" {
			c.Request.RemoteAddr = net.JoinHostPort(e.Caller.Address, "0")
		}
	}
}

// traced makes a span of the module's part, and logs failures of ours, which
// the gateway sees only as a status.
func traced(t trace.Tracer, l *slog.Logger, name, path string, h gin.HandlerFunc) gin.HandlerFunc {
	spanName := "module " + name + " " + path
	return func(c *gin.Context) {
		ctx, span := t.Start(c.Request.Context(), spanName, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		if span.IsRecording() {
			c.Request = c.Request.WithContext(ctx)
		}
		h(c)
		if len(c.Errors) > 0 && c.Writer.Status() >= http.StatusInternalServerError {
			l.ErrorContext(c.Request.Context(), "request failed",
				"method", c.Request.Method, "path", c.FullPath(), "status", c.Writer.Status(), "error", c.Errors.Last().Err)
		}
	}
}

// quiet logs what net/http says at debug level.
type quiet struct{ log *slog.Logger }

// Write is io.Writer.
func (q quiet) Write(p []byte) (int, error) {
	q.log.Debug("module http", "text", string(p))
	return len(p), nil
}

package httpx

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/module/reply"
	"foyer/core/telemetry"
)

// observer is the outermost stage: it survives panics, gives the request its
// id and span, and writes one log line and one measurement when it is done.
// Neither shows more of the request than its method and route.
type observer struct {
	log      *slog.Logger
	tracer   trace.Tracer
	duration metric.Float64Histogram
}

func newObserver(log *slog.Logger) (*observer, error) {
	d, err := otel.Meter("foyer/core/httpx").Float64Histogram("http.server.request.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of HTTP requests."),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	if err != nil {
		return nil, fmt.Errorf("make request metrics: %w", err)
	}
	return &observer{log: log, tracer: otel.Tracer("foyer/core/httpx"), duration: d}, nil
}

const requestIDHeader = "X-Request-Id"

func (o *observer) handle(c *gin.Context) {
	start := time.Now()
	r := c.Request
	id := requestID(r)
	c.Writer.Header()[requestIDHeader] = []string{id}
	route := c.FullPath()
	if route == "" {
		route = "unknown"
	}
	ctx := telemetry.WithRequestID(r.Context(), id)
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := o.tracer.Start(ctx, r.Method+" "+route, trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	c.Request = r.WithContext(ctx)

	o.survive(c)

	status := c.Writer.Status()
	if span.IsRecording() {
		span.SetAttributes(attribute.String("http.request.method", r.Method),
			attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	took := time.Since(start)
	o.duration.Record(ctx, took.Seconds(), metric.WithAttributeSet(attribute.NewSet(
		attribute.String("http.request.method", methodName(r.Method)), attribute.String("http.route", route),
		attribute.String("http.response.status_code", strconv.Itoa(status)))))
	o.line(c, route, status, took)
}

// survive runs the rest of the chain; a panic is answered with 500, unless it
// is the one that aborts a connection on purpose.
func (o *observer) survive(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		o.log.ErrorContext(c.Request.Context(), "handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			reply.Fail(c, fmt.Errorf("panic: %v", p))
		}
		c.Abort()
	}()
	c.Next()
}

func (o *observer) line(c *gin.Context, route string, status int, took time.Duration) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := c.Request.Context()
	if !o.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", methodName(c.Request.Method)), slog.String("route", route), slog.Int("status", status),
		slog.Duration("took", took), slog.Int("bytes", max(c.Writer.Size(), 0)),
	}
	for _, e := range c.Errors {
		if cause := reply.As(e.Err).Cause; cause != nil {
			attrs = append(attrs, slog.String("error", cause.Error()))
		}
	}
	o.log.LogAttrs(ctx, level, "request", attrs...)
}

// requestID takes the proxy's id when it is a sane token, else makes one.
func requestID(r *http.Request) string {
	id := r.Header.Get(requestIDHeader)
	if len(id) < 8 || len(id) > 128 {
		return uuid.NewString()
	}
	for _, b := range []byte(id) {
		if (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && b != '-' && b != '_' && b != '.' {
			return uuid.NewString()
		}
	}
	return id
}

// methodName bounds what a client can put into metrics and logs.
func methodName(m string) string {
	for _, known := range methods {
		if m == known {
			return m
		}
	}
	return "other"
}

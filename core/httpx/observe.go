package httpx

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// observer is the outermost stage: it survives panics, gives the request its id
// and span, and records one log line and one measurement at the end. Neither
// reveals more of the request than its method and route.
type observer struct {
	log      *slog.Logger
	tracer   trace.Tracer
	duration metric.Float64Histogram
	labels   sync.Map // outcome -> metric.MeasurementOption, at most as many as routes have answers
}

// outcome is the label that requests are counted under.
type outcome struct {
	method, route string
	status        int
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
	route := routeOf(c)
	ctx := module.WithRequestID(r.Context(), id)
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := o.tracer.Start(ctx, methodName(r.Method)+" "+route, trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	var notes []error // what caused failures
	c.Request = r.WithContext(reply.Collect(ctx, &notes))

	cut := o.survive(c)

	status := c.Writer.Status()
	if span.IsRecording() {
		span.SetAttributes(attribute.String("http.request.method", methodName(r.Method)),
			attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	took := time.Since(start)
	was := outcome{methodName(r.Method), route, status}
	o.duration.Record(ctx, took.Seconds(), o.labelsOf(was))
	o.line(c, was, took, notes)
	if cut {
		panic(http.ErrAbortHandler)
	}
}

// routeOf is the matched pattern, the same for both slash forms.
func routeOf(c *gin.Context) string {
	switch route := c.FullPath(); {
	case route == "":
		return "unknown"
	case strings.HasSuffix(route, "/"):
		return route
	default:
		return route + "/"
	}
}

func (o *observer) labelsOf(was outcome) metric.MeasurementOption {
	if known, ok := o.labels.Load(was); ok {
		if labels, ok := known.(metric.MeasurementOption); ok {
			return labels
		}
	}
	labels := metric.WithAttributeSet(attribute.NewSet(
		attribute.String("http.request.method", was.method), attribute.String("http.route", was.route),
		attribute.String("http.response.status_code", strconv.Itoa(was.status))))
	o.labels.Store(was, labels)
	return labels
}

// survive runs the rest of the chain and reports whether the connection must be
// cut: because a handler wants it, or because it panicked with part of its answer
// already sent. Other panics are answered with 500.
func (o *observer) survive(c *gin.Context) (cut bool) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		c.Abort()
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			cut = true
			return
		}
		o.log.ErrorContext(c.Request.Context(), "handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		if cut = c.Writer.Written(); !cut {
			fail(c, fmt.Errorf("panic: %v", p))
		}
	}()
	c.Next()
	return false
}

func (o *observer) line(c *gin.Context, was outcome, took time.Duration, notes []error) {
	level := slog.LevelInfo
	switch {
	case was.status >= http.StatusInternalServerError:
		level = slog.LevelError
	case isHeartbeat(was.route): // every few seconds, and nothing happened
		level = slog.LevelDebug
	}
	ctx := c.Request.Context()
	if !o.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", was.method), slog.String("route", was.route), slog.Int("status", was.status),
		slog.Float64("took_ms", float64(took.Microseconds())/1e3), slog.Int("bytes", max(c.Writer.Size(), 0)),
	}
	for _, err := range notes {
		if cause := reply.As(err).Cause; cause != nil {
			attrs = append(attrs, slog.String("error", cause.Error()))
		}
	}
	o.log.LogAttrs(ctx, level, "request", attrs...)
}

// requestID uses the proxy's id if it is a sane token, else makes one.
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

// methodName limits what a client can put into metrics and logs.
func methodName(m string) string {
	for _, known := range methods {
		if m == known {
			return m
		}
	}
	return "other"
}

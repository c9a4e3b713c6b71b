package plugin

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/propagation"

	"foyer/core/module"
	"foyer/core/module/reply"
	"foyer/core/telemetry"
)

const (
	dialTimeout = time.Second
	copyBuffer  = 32 << 10
	// idleConns are connections kept open to one module.
	idleConns = 256
	// retryAfter is what clients are told while a module is down.
	retryAfter = time.Second
)

// proxy hands requests to a module's process. Nothing is buffered, bounded or
// tried twice.
type proxy struct {
	reverse   *httputil.ReverseProxy
	transport *http.Transport
}

func newProxy(socket, token string, l *slog.Logger) *proxy {
	dialer := &net.Dialer{Timeout: dialTimeout}
	t := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
		DisableCompression:  true,
		MaxIdleConns:        idleConns,
		MaxIdleConnsPerHost: idleConns,
		IdleConnTimeout:     90 * time.Second, // the module never closes first
		ReadBufferSize:      copyBuffer,
		WriteBufferSize:     copyBuffer,
	}
	r := &httputil.ReverseProxy{
		Rewrite:       func(pr *httputil.ProxyRequest) { rewrite(pr, token) },
		Transport:     t,
		FlushInterval: -1, // what a handler flushes goes out, also when it told its length
		BufferPool:    &buffers{},
		ErrorLog:      log.New(quiet{l}, "", 0),
		ErrorHandler:  unanswered,
	}
	return &proxy{reverse: r, transport: t}
}

// Handle answers the request with the module's answer; 503 with Retry-After
// when there is none.
func (p *proxy) Handle(c *gin.Context) {
	w := &answer{ResponseWriter: c.Writer, c: c}
	// Else the server reads the rest of the body before it lets an early answer
	// out. Recorders in tests cannot do this, and need not.
	_ = http.NewResponseController(w).EnableFullDuplex()
	p.reverse.ServeHTTP(w, c.Request)
}

func (p *proxy) close() { p.transport.CloseIdleConnections() }

// answer carries the gin context to the error handler.
type answer struct {
	gin.ResponseWriter
	c *gin.Context
}

// WriteHeader starts the module's answer. Its server has seen the body and
// named a content type, or none for a body that came after the headers; were
// it guessed here again, the answer would depend on what arrived first.
func (a *answer) WriteHeader(status int) {
	if h := a.Header(); h["Content-Type"] == nil {
		h["Content-Type"] = nil
	}
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func rewrite(pr *httputil.ProxyRequest, token string) {
	ctx := pr.In.Context()
	pr.Out.URL.Scheme, pr.Out.URL.Host = "http", "module"
	pr.Out.Host = pr.In.Host
	h := pr.Out.Header
	stripInternal(h)
	// ReverseProxy drops these; a handler in process would see them.
	for _, k := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v := pr.In.Header[k]; v != nil {
			h[k] = v
		}
	}
	e := envelope{Caller: module.CallerFrom(ctx), RequestID: telemetry.RequestID(ctx), Scheme: pr.In.URL.Scheme}
	if text, err := e.encode(); err == nil { // without it the module refuses the request
		h.Set(headerCaller, text)
	}
	h.Set(headerToken, token)
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(h))
}

// unanswered ends a request that the module gave no answer to.
func unanswered(w http.ResponseWriter, r *http.Request, err error) {
	a, ok := w.(*answer)
	if !ok || a.Written() {
		panic(http.ErrAbortHandler)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		reply.Fail(a.c, reply.Detail(http.StatusRequestEntityTooLarge, "Request body is too large.").Because(tooLarge))
		return
	}
	if r.Context().Err() != nil && !errors.Is(context.Cause(r.Context()), module.ErrUnavailable) { // the client is gone
		_ = a.c.Error(err)
		panic(http.ErrAbortHandler)
	}
	reply.Fail(a.c, reply.Unavailable(retryAfter, err))
}

// buffers are reused between copies.
type buffers struct{ pool sync.Pool }

// Get gives a buffer.
func (b *buffers) Get() []byte {
	if x, ok := b.pool.Get().(*[]byte); ok {
		return *x
	}
	return make([]byte, copyBuffer)
}

// Put takes it back.
func (b *buffers) Put(x []byte) { b.pool.Put(&x) }

// quiet logs what net/http says at debug level.
type quiet struct{ log *slog.Logger }

// Write is io.Writer.
func (q quiet) Write(p []byte) (int, error) {
	q.log.Debug("module http", "text", string(p))
	return len(p), nil
}

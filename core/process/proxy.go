package process

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/propagation"

	"foyer/core/process/relay"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
)

// retryAfter is what clients are told while a module is down.
const retryAfter = time.Second

// proxy hands requests to a module's process. Nothing is buffered, bounded or
// tried twice.
type proxy struct {
	relay *relay.Relay
	token string
}

func newProxy(socket, token string) *proxy {
	return &proxy{relay: relay.New(socket), token: token}
}

// Handle answers the request with the module's answer; 503 with Retry-After
// when there is none. A request that did not reach the process is not answered.
func (p *proxy) Handle(c *gin.Context) (answered bool) {
	// Else the server reads the rest of the body before it lets an early answer
	// out. Recorders in tests cannot do this, and need not.
	_ = http.NewResponseController(c.Writer).EnableFullDuplex()
	ctx, h := c.Request.Context(), c.Request.Header
	wire.StripInternal(h)
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(h))
	e := wire.Envelope{Caller: module.CallerFrom(ctx), RequestID: module.RequestID(ctx), Scheme: c.Request.URL.Scheme}
	_, e.Configured = module.Origin(c.Request)
	text, err := e.Encode()
	if err != nil {
		reply.Fail(c, err)
		return true
	}
	internal := http.Header{wire.HeaderCaller: {text}, wire.HeaderToken: {p.token}}
	switch err := p.relay.Serve(c.Writer, c.Request, internal); {
	case err == nil:
	case errors.Is(err, relay.ErrUnreached) && ctx.Err() == nil:
		return false
	default:
		unanswered(c, err)
	}
	return true
}

func (p *proxy) close() { p.relay.Close() }

// unanswered ends a request that the module gave no answer to.
func unanswered(c *gin.Context, err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		reply.Fail(c, reply.Detail(http.StatusRequestEntityTooLarge, "Request body is too large.").Because(tooLarge))
		return
	}
	ctx := c.Request.Context()
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), module.ErrUnavailable) { // the client is gone
		_ = c.Error(err)
		panic(http.ErrAbortHandler)
	}
	reply.Fail(c, reply.Unavailable(retryAfter, err))
}

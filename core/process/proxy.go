package process

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"foyer/core/process/relay"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
)

// retryAfter is what clients are told while a module is down.
const retryAfter = time.Second

// proxy passes requests to a module's process. Nothing is buffered, limited or
// retried.
type proxy struct {
	relay *relay.Relay
	token string
}

func newProxy(socket, token string) *proxy {
	return &proxy{relay: relay.New(socket), token: token}
}

// Handle answers the request with the module's answer, or 503 with Retry-After if
// there is none. A request that did not reach the process is left unanswered.
func (p *proxy) Handle(w http.ResponseWriter, r *http.Request) (answered bool) {
	// Otherwise the server reads the rest of the body before it lets an early
	// answer out. Recorders in tests cannot do this, and need not.
	_ = http.NewResponseController(w).EnableFullDuplex()
	ctx, h := r.Context(), r.Header
	wire.StripInternal(h)
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(h))
	text, err := wire.EnvelopeOf(r).Encode()
	if err != nil {
		reply.Fail(w, r, err)
		return true
	}
	internal := http.Header{wire.HeaderCaller: {text}, wire.HeaderToken: {p.token}}
	switch err := p.relay.Serve(w, r, internal); {
	case err == nil:
	case errors.Is(err, relay.ErrUnreached) && ctx.Err() == nil:
		return false
	default:
		unanswered(w, r, err)
	}
	return true
}

func (p *proxy) close() { p.relay.Close() }

// unanswered ends a request to which the module gave no answer.
func unanswered(w http.ResponseWriter, r *http.Request, err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		reply.Fail(w, r, reply.Detail(http.StatusRequestEntityTooLarge, "Request body is too large.").Because(tooLarge))
		return
	}
	ctx := r.Context()
	if errors.Is(err, relay.ErrBody) && !errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		reply.Fail(w, r, reply.Detail(http.StatusBadRequest, "The request body cannot be read.").Because(err))
		return
	}
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), module.ErrUnavailable) { // the client is gone
		reply.Note(ctx, err)
		panic(http.ErrAbortHandler)
	}
	reply.Fail(w, r, reply.Unavailable(retryAfter, err))
}

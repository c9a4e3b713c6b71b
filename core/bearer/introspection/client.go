package introspection

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/sync/singleflight"

	"foyer/core/bearer"
	"foyer/sdk/oauthclient"
	"foyer/sdk/reply"
)

const (
	// patience is how many calls in a row may fail before the provider is left
	// alone, and rest is for how long.
	patience = 5
	rest     = 5 * time.Second
)

// Options are what New needs.
type Options struct {
	Config Config
	Log    *slog.Logger
	Now    func() time.Time // nil = time.Now
}

// Client asks the provider. It is safe for concurrent use.
type Client struct {
	o       Options
	http    *http.Client
	asks    *oauthclient.Client
	refused atomic.Bool // whether the provider refused us last time
	memory  memory
	flight  singleflight.Group
	breaker circuitbreaker.CircuitBreaker[any]
	life    context.Context //nolint:containedctx // of the calls, which outlive the first to ask
	end     context.CancelFunc
}

// New returns a client. It does not connect.
func New(o Options) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	client, err := newHTTP(&o.Config)
	if err != nil {
		return nil, err
	}
	who, err := o.Config.client()
	if err != nil {
		return nil, err
	}
	c := &Client{o: o, http: client, asks: oauthclient.New(oauthclient.Options{
		Identity: who, Ways: o.Config.ways(), HTTP: client, Limit: maxAnswer,
	})}
	if c.memory, err = newMemory(o.Config.CacheSize); err != nil {
		return nil, fmt.Errorf("remember introspections: %w", err)
	}
	c.breaker = circuitbreaker.NewBuilder[any]().WithFailureThreshold(patience).WithSuccessThreshold(1).WithDelay(rest).
		OnOpen(func(circuitbreaker.StateChangedEvent) {
			o.Log.Warn("the OIDC provider does not answer about tokens", "pause", rest)
		}).
		OnClose(func(circuitbreaker.StateChangedEvent) { o.Log.Info("the OIDC provider answers about tokens again") }).
		Build()
	c.life, c.end = context.WithCancel(context.Background())
	return c, nil
}

// Close ends running calls and drops connections.
func (c *Client) Close() {
	c.end()
	c.http.CloseIdleConnections()
}

// Introspect returns what the provider says about an active token. The error is
// sent as the answer: 400 if the token is refused, 503 while the provider cannot
// say.
func (c *Client) Introspect(ctx context.Context, token string) (bearer.Introspection, error) {
	k := key(sha256.Sum256([]byte(token)))
	if v, ok := c.memory.find(k, c.o.Now()); ok {
		return v.answer, shown(v.err)
	}
	found := c.flight.DoChan(string(k[:]), func() (any, error) { return c.ask(ctx, k, token) })
	select {
	case <-ctx.Done():
		return bearer.Introspection{}, ctx.Err()
	case r := <-found:
		v, _ := r.Val.(verdict)
		return v.answer, shown(r.Err)
	}
}

// ask makes the one call for all who wait. It continues if the first of them
// leaves, and ends with the client.
func (c *Client) ask(ctx context.Context, k key, token string) (verdict, error) {
	if v, ok := c.memory.find(k, c.o.Now()); ok { // another call ended after the caller looked
		return v, v.err
	}
	if !c.breaker.TryAcquirePermit() {
		return verdict{}, reply.Unavailable(c.breaker.RemainingDelay(), errors.New("the OIDC provider does not answer about tokens"))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.o.Config.Timeout)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	body, err := c.call(ctx, token)
	if err != nil && !errors.Is(err, errRefused) {
		c.breaker.RecordFailure()
		return verdict{}, reply.Unavailable(time.Second, err)
	}
	c.breaker.RecordSuccess()
	now := c.o.Now()
	v := verdict{err: err}
	if err == nil {
		v.answer, v.err = c.o.Config.check(body, now)
	}
	v.until = now.Add(c.o.Config.CacheTTL)
	if v.err != nil {
		v.until = now.Add(c.o.Config.RefusedTTL)
	} else if ends := v.answer.Ends; !ends.IsZero() && ends.Before(v.until) {
		v.until = ends
	}
	c.memory.keep(k, v, now)
	return v, v.err
}

// shown turns a refusal into the contract's 400.
func shown(err error) error {
	if err == nil || !errors.Is(err, errRefused) {
		return err
	}
	why := strings.TrimPrefix(err.Error(), errRefused.Error()+": ")
	return reply.Detail(http.StatusBadRequest, strings.ToUpper(why[:1])+why[1:]+".").Because(err)
}

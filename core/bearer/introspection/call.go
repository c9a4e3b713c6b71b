package introspection

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"foyer/sdk/oauthclient"
)

const (
	// maxAnswer is the longest answer accepted from the provider, in bytes.
	maxAnswer = 256 << 10
	// maxCalls is how many calls run at once; others wait their turn.
	maxCalls = 32
)

// newHTTP returns the client for all calls.
func newHTTP(c *Config) (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: !c.VerifyTLS} //nolint:gosec // the operator's choice
	t.MaxConnsPerHost, t.MaxIdleConnsPerHost = maxCalls, maxCalls
	if c.Proxy != "" {
		u, err := url.Parse(c.Proxy)
		if err != nil || u.Host == "" {
			return nil, errors.New("proxy of the introspection: not a URL")
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{
		Timeout:   c.Timeout,
		Transport: otelhttp.NewTransport(t, otelhttp.WithSpanNameFormatter(func(string, *http.Request) string { return "introspect" })),
		// Our secret must not follow a redirect elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// call asks the provider about a token and returns the body of its answer. The
// error is an errRefused if the provider refused us or the token; anything else
// is a failure of the provider or of the way to it.
func (c *Client) call(ctx context.Context, token string) ([]byte, error) {
	body, err := c.asks.Post(ctx, c.o.Config.Endpoint, url.Values{"token": {token}})
	answer, told := errors.AsType[*oauthclient.Error](err)
	switch {
	case err == nil:
		c.taken(ctx, nil)
		return body, nil
	case errors.Is(err, oauthclient.ErrTooLong):
		return nil, refuse("the provider's answer is too long")
	case told && answer.Status < http.StatusInternalServerError && answer.Status != http.StatusTooManyRequests:
		c.taken(ctx, err)
		return nil, refuse("the provider refused to tell: %d %s", answer.Status, http.StatusText(answer.Status))
	}
	return nil, fmt.Errorf("ask the provider about a token: %w", err)
}

// taken logs when the provider starts and stops refusing us, rather than logging
// a line per token.
func (c *Client) taken(ctx context.Context, refusal error) {
	if c.refused.Swap(refusal != nil) == (refusal != nil) {
		return
	}
	if refusal == nil {
		c.o.Log.InfoContext(ctx, "the OIDC provider tells of tokens again")
		return
	}
	c.o.Log.WarnContext(ctx, "the OIDC provider refuses to tell of tokens", "error", refusal)
}

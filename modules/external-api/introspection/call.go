package introspection

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

const (
	// maxAnswer bounds the provider's answer, in bytes.
	maxAnswer = 256 << 10
	// maxCalls bounds the calls that run at once: others wait their turn.
	maxCalls = 32
)

// newHTTP makes the client of all calls.
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
		// Our secret must not follow a redirect to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// call asks the provider about a token and gives the body of its answer. The
// error is an errRefused where the provider refused us or the token; anything
// else is a failure of the provider or of the way to it.
func (c *Client) call(ctx context.Context, token string) ([]byte, error) {
	form := url.Values{"client_id": {c.o.Config.ClientID}, "client_secret": {c.o.Config.ClientSecret.Reveal()}, "token": {token}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.Config.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("ask the provider about a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the provider about a token: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the provider's answer about a token: %w", err)
	case resp.StatusCode >= http.StatusInternalServerError, resp.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("the provider answered %s", resp.Status)
	case resp.StatusCode >= http.StatusBadRequest:
		return nil, refuse("the provider refused to tell: %s", resp.Status)
	case len(body) > maxAnswer:
		return nil, refuse("the provider's answer is too long")
	}
	return body, nil
}

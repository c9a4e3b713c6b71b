package oauthclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// ErrTooLong is an answer longer than the limit.
var ErrTooLong = errors.New("the answer is too long")

// Options are what New needs.
type Options struct {
	Identity
	// Ways are tried in this order while the server refuses the client; the last
	// one that worked comes first. With none, every call is refused.
	Ways  []Way
	HTTP  *http.Client
	Limit int64 // bytes of an answer
}

// Client is the client. It is safe for concurrent use.
type Client struct {
	o    Options
	good atomic.Int32 // index of the way that worked last
}

// New makes a client. It does not connect.
func New(o Options) *Client { return &Client{o: o} }

// Post sends a form and returns the body of a successful answer. The error of any
// other answer is an *Error.
func (c *Client) Post(ctx context.Context, endpoint string, form url.Values) ([]byte, error) {
	if len(c.o.Ways) == 0 {
		return nil, errors.New("there is no way to authenticate at the server")
	}
	var tried []string
	var refusal error
	first := int(c.good.Load())
	for i := range c.o.Ways {
		at := (first + i) % len(c.o.Ways)
		body, err := c.post(ctx, c.o.Ways[at], endpoint, form)
		if refused, ok := errors.AsType[*Error](err); ok && refused.refusesClient() {
			tried, refusal = append(tried, c.o.Ways[at].Method), err
			continue
		}
		if err == nil {
			c.good.Store(int32(at)) // a handful
		}
		return body, err
	}
	return nil, fmt.Errorf("the client is refused, by %s: %w", strings.Join(tried, ", "), refusal)
}

func (c *Client) post(ctx context.Context, way Way, endpoint string, form url.Values) ([]byte, error) {
	form = maps.Clone(form)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}}
	if err := c.o.prove(way, form, header); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	req.Header = header
	resp, err := c.o.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("call the server: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.o.Limit+1))
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, newError(resp.StatusCode, body, c.secrets(form))
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	case int64(len(body)) > c.o.Limit:
		return nil, ErrTooLong
	}
	return body, nil
}

// public are the parameters that an error may repeat.
var public = map[string]bool{
	"client_id": true, "grant_type": true, "redirect_uri": true, "response_type": true, "scope": true,
	"client_assertion_type": true, "code_challenge_method": true, "prompt": true, "token_type_hint": true,
}

// secrets are texts that were sent and must not come back in an error.
func (c *Client) secrets(form url.Values) []string {
	texts := []string{c.o.Secret.Reveal()}
	for name, values := range form {
		if !public[name] {
			texts = append(texts, values...)
		}
	}
	return texts
}

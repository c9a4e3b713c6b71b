package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// authorize returns the URL that the browser is sent to with a request. Where the
// provider requires it, the request is pushed first, and the browser carries only
// its name (RFC 9126).
func (p *provider) authorize(ctx context.Context, r *relying, q query) (string, error) {
	if !r.MustPush {
		return q.on(r.Authorization), nil
	}
	form := url.Values{}
	for _, parameter := range q {
		form.Set(parameter.name, parameter.value)
	}
	body, err := r.client.Post(ctx, r.Push, form)
	if err != nil {
		return "", fmt.Errorf("push the authorization request: %w", err)
	}
	var pushed struct {
		Name string `json:"request_uri"`
	}
	if err := json.Unmarshal(body, &pushed); err != nil || pushed.Name == "" {
		return "", errors.New("push the authorization request: the answer has no request_uri")
	}
	var short query
	short.set("client_id", p.cfg.ClientID)
	short.set("request_uri", pushed.Name)
	return short.on(r.Authorization), nil
}

package module

import (
	"context"
	"net/http"
)

// Origin is where clients find the gateway, scheme://host[:port], as the host
// determined it for this request: http.public_url, or else what the client
// called. configured is true for the first; anybody can make up the second, so
// whatever a client signs for this server must name a configured origin.
//
// The request's URL.Scheme, URL.Host and Host say the same.
func Origin(r *http.Request) (origin string, configured bool) {
	_, configured = r.Context().Value(originKey{}).(bool)
	return r.URL.Scheme + "://" + r.URL.Host, configured
}

type originKey struct{}

// WithConfiguredOrigin returns a context of a request whose origin is
// configured; the host calls it.
func WithConfiguredOrigin(ctx context.Context) context.Context {
	return context.WithValue(ctx, originKey{}, true)
}

package oidcdev

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// pushPath is where authorization requests are pushed (RFC 9126), which the library does
// not support.
const pushPath = "/oauth/par"

const requestPrefix = "urn:ietf:params:oauth:request_uri:"

// pushes accepts pushed requests, and later substitutes them for their names.
func (p *Provider) pushes(provider *op.Provider) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name := r.URL.Query().Get("request_uri"); {
		case r.URL.Path == pushPath:
			p.push(w, r, provider)
			return
		case r.URL.Path == "/authorize" && name != "":
			form, ok := p.takePushed(name)
			if !ok || form.Get("client_id") != r.URL.Query().Get("client_id") {
				http.Error(w, "unknown request_uri", http.StatusBadRequest)
				return
			}
			r = r.Clone(r.Context())
			r.URL.RawQuery, r.Form = form.Encode(), nil
		case r.URL.Path == "/authorize" && p.storage.client.o.MustPush:
			http.Error(w, "the request must be pushed", http.StatusBadRequest)
			return
		}
		provider.ServeHTTP(w, r)
	})
}

func (p *Provider) push(w http.ResponseWriter, r *http.Request, provider *op.Provider) {
	w.Header().Set("Content-Type", "application/json")
	if err := p.proves(r, provider); err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client", "error_description": err.Error()})
		return
	}
	form := url.Values{}
	for name, values := range r.PostForm {
		form[name] = values
	}
	for _, name := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		form.Del(name)
	}
	name := requestPrefix + rand.Text()
	p.mu.Lock()
	p.pushed[name] = form
	p.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"request_uri": name, "expires_in": 60})
}

// takePushed returns a pushed request, only once.
func (p *Provider) takePushed(name string) (url.Values, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	form, ok := p.pushed[name]
	delete(p.pushed, name)
	return form, ok
}

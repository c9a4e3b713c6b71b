package oidcdev

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// How a client authenticates, for Options.ClientAuth.
const (
	ByBasic = "client_secret_basic"
	ByPost  = "client_secret_post"
	ByKey   = "private_key_jwt"
	ByID    = "none"
)

// authenticated are the endpoints that require client authentication.
var authenticated = []string{"/oauth/token", pushPath, IntrospectionPath}

// TrustKeys sets where the client publishes the keys that it signs with.
func (p *Provider) TrustKeys(url string) {
	p.storage.mu.Lock()
	defer p.storage.mu.Unlock()
	p.storage.clientKeys = url
}

// onlyBy refuses a client that authenticates by another method than the one it is
// registered with, as strict providers do.
func (p *Provider) onlyBy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := p.storage.client.o.ClientAuth
		if used := wayOf(r); want != "" && used != want && slices.Contains(authenticated, r.URL.Path) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]string{
				"error": "invalid_client", "error_description": "this client is registered for " + want + " and not for " + used,
			})
			return
		}
		secretInBody(r)
		next.ServeHTTP(w, r)
	})
}

func wayOf(r *http.Request) string {
	_, _, basic := r.BasicAuth()
	switch {
	case basic:
		return ByBasic
	case r.PostForm.Get("client_assertion") != "":
		return ByKey
	case r.PostForm.Get("client_secret") != "":
		return ByPost
	}
	return ByID
}

// GetKeyByIDAndClientID reads one of the client's keys from where it publishes them.
func (s *storage) GetKeyByIDAndClientID(ctx context.Context, id, client string) (*jose.JSONWebKey, error) {
	s.mu.Lock()
	url := s.clientKeys
	s.mu.Unlock()
	if client != s.client.o.ClientID || url == "" {
		return nil, errUnknown
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		return nil, err
	}
	if keys := set.Key(id); len(keys) > 0 {
		return &keys[0], nil
	}
	return nil, errUnknown
}

// proves authenticates the client of a request that the library does not know.
func (p *Provider) proves(r *http.Request, provider *op.Provider) error {
	ctx := op.ContextWithIssuer(r.Context(), p.Issuer)
	var id string
	var err error
	switch wayOf(r) {
	case ByBasic:
		id, err = op.ClientBasicAuth(r, p.storage)
	case ByKey:
		id, err = op.ClientJWTAuth(ctx, oidc.ClientAssertionParams{
			ClientAssertion: r.PostForm.Get("client_assertion"), ClientAssertionType: r.PostForm.Get("client_assertion_type"),
		}, provider)
	case ByPost:
		id = r.PostForm.Get("client_id")
		err = p.storage.AuthorizeClientIDSecret(ctx, id, r.PostForm.Get("client_secret"))
	case ByID:
		id = r.PostForm.Get("client_id")
		if p.storage.client.o.ClientAuth != ByID {
			err = errUnknown
		}
	}
	if err == nil && (id != p.ClientID || r.PostForm.Get("client_id") != id) {
		err = errUnknown
	}
	return err
}

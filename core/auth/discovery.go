package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"foyer/core/config"
	"foyer/sdk/identifier"
	"foyer/sdk/oauthclient"
)

// forever is the age at which discovered metadata is read again: the provider's
// addresses change only along with the configuration.
const forever = time.Duration(math.MaxInt64)

// metadata is what the provider says about itself (OpenID Connect Discovery 3,
// RFC 8414 2, RFC 9126 5).
type metadata struct {
	Issuer         string   `json:"issuer"`
	Authorization  string   `json:"authorization_endpoint"`
	Token          string   `json:"token_endpoint"`
	UserInfo       string   `json:"userinfo_endpoint"`
	JWKS           string   `json:"jwks_uri"`
	Logout         string   `json:"end_session_endpoint"`
	Push           string   `json:"pushed_authorization_request_endpoint"`
	MustPush       bool     `json:"require_pushed_authorization_requests"`
	AuthMethods    []string `json:"token_endpoint_auth_methods_supported"`
	AuthAlgorithms []string `json:"token_endpoint_auth_signing_alg_values_supported"`
}

// configured is what the configuration says about the provider.
func (p *provider) configured() metadata {
	return metadata{
		Issuer: p.cfg.Issuer, Authorization: p.cfg.AuthURL, Token: p.cfg.TokenURL, UserInfo: p.cfg.UserInfoURL,
		JWKS: p.cfg.JWKSURL, Logout: p.cfg.LogoutURL, Push: p.cfg.PushURL,
		MustPush: p.cfg.PushURL != "", AuthMethods: []string{oauthclient.Post, oauthclient.PrivateKey},
	}
}

func (p *provider) complete(m metadata) bool {
	return m.Authorization != "" && m.Token != "" && m.UserInfo != "" && (m.JWKS != "" || p.symmetric())
}

// discover reads what the provider says about itself; configured endpoints win.
func (p *provider) discover(ctx context.Context) (metadata, error) {
	issuer := p.cfg.Issuer
	body, err := getJSON(ctx, p.client, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return metadata{}, fmt.Errorf("discover %s: %w", issuer, err)
	}
	var m metadata
	if err := json.Unmarshal(body, &m); err != nil {
		return metadata{}, fmt.Errorf("read the metadata of %s: %w", issuer, err)
	}
	if !identifier.SameIssuer(m.Issuer, issuer) {
		return metadata{}, fmt.Errorf("the metadata of %s is of another issuer, %q", issuer, m.Issuer)
	}
	own := p.configured()
	for _, e := range []struct {
		configured string
		found      *string
	}{
		{own.Authorization, &m.Authorization}, {own.Token, &m.Token}, {own.UserInfo, &m.UserInfo},
		{own.JWKS, &m.JWKS}, {own.Logout, &m.Logout}, {own.Push, &m.Push},
	} {
		if e.configured != "" {
			*e.found = e.configured
		}
	}
	m.MustPush = m.MustPush || own.MustPush
	switch {
	case !p.complete(m):
		return metadata{}, fmt.Errorf("the metadata of %s lacks an endpoint", issuer)
	case m.MustPush && m.Push == "":
		return metadata{}, fmt.Errorf("the metadata of %s lacks the endpoint of pushed authorization requests, which it requires", issuer)
	}
	return m, nil
}

// ways lists how we can authenticate as the client, best first: the configured
// way, or those of ours that the provider supports. With several, which one it
// wants from this very client is found by trying.
func (p *provider) ways(m metadata) ([]oauthclient.Way, error) {
	if p.cfg.ClientAuth != config.AutoAuth {
		if err := p.who.Possible(p.cfg.ClientAuth); err != nil {
			return nil, fmt.Errorf("oidc.client_auth: %w", err)
		}
		return p.spelled(p.cfg.ClientAuth, m), nil
	}
	if p.who.Secret.IsZero() && len(p.who.Keys) == 0 {
		return []oauthclient.Way{{Method: oauthclient.None}}, nil // many providers have public clients without advertising it
	}
	order := []string{oauthclient.PrivateKey, oauthclient.Post, oauthclient.Basic, oauthclient.None}
	offered := m.AuthMethods
	if len(offered) == 0 { // the standard says Basic; many mean something else
		order = []string{oauthclient.PrivateKey, oauthclient.Basic, oauthclient.Post}
		offered = order
	}
	var ways []oauthclient.Way
	for _, method := range order {
		if slices.Contains(offered, method) && p.who.Possible(method) == nil {
			ways = append(ways, p.spelled(method, m)...)
		}
	}
	if len(ways) == 0 {
		return nil, fmt.Errorf("the provider wants clients to authenticate by %s: configure what that needs, or oidc.client_auth",
			strings.Join(offered, ", "))
	}
	return ways, nil
}

// spelled returns the ways of a method.
func (p *provider) spelled(method string, m metadata) []oauthclient.Way {
	if method == oauthclient.PrivateKey {
		return oauthclient.KeyWays(m.Issuer, m.Token, p.algorithm(m))
	}
	return []oauthclient.Way{{Method: method}}
}

// algorithm is the first of our key's algorithms that the provider takes, "" =
// the usual one.
func (p *provider) algorithm(m metadata) string {
	if len(p.who.Keys) == 0 {
		return ""
	}
	for _, a := range p.who.Keys[0].Algorithms {
		if slices.Contains(m.AuthAlgorithms, a) {
			return a
		}
	}
	return ""
}

package oidcdev

import (
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// loopback are the URLs allowed for a client that has none registered.
var loopback = []string{"http://127.0.0.1:*/**", "http://localhost:*/**"}

// client is the only client; it implements the library's op.Client.
type client struct{ o Options }

func (c *client) GetID() string { return c.o.ClientID }

func (c *client) RedirectURIs() []string { return c.o.RedirectURIs }

// RedirectURIGlobs apply only if there are no exact URIs.
func (c *client) RedirectURIGlobs() []string {
	if len(c.o.RedirectURIs) > 0 {
		return nil
	}
	return loopback
}

func (c *client) PostLogoutRedirectURIs() []string { return c.o.LogoutURIs }

// PostLogoutRedirectURIGlobs apply only if there are no exact URIs. The library matches
// these segment by segment.
func (c *client) PostLogoutRedirectURIGlobs() []string {
	if len(c.o.LogoutURIs) > 0 {
		return nil
	}
	return []string{
		"http://127.0.0.1:*/api/*/logout-callback/", "http://localhost:*/api/*/logout-callback/",
		"http://127.0.0.1:*/", "http://localhost:*/",
	}
}

// ApplicationType is that of a confidential web application.
func (c *client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }

// AuthMethod is the secret in the request body, unless an option says otherwise.
func (c *client) AuthMethod() oidc.AuthMethod {
	if c.o.ClientAuth != "" {
		return oidc.AuthMethod(c.o.ClientAuth)
	}
	return oidc.AuthMethodPost
}

// ResponseTypes allows only the code flow.
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

// GrantTypes allows only the code flow.
func (c *client) GrantTypes() []oidc.GrantType { return []oidc.GrantType{oidc.GrantTypeCode} }

func (c *client) LoginURL(id string) string { return "/login?request=" + url.QueryEscape(id) }

func (c *client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }

// IDTokenLifetime is the same as for access tokens.
func (c *client) IDTokenLifetime() time.Duration { return tokenLifetime }

// DevMode allows plain http.
func (c *client) DevMode() bool { return true }

func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string { return same }

func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(s []string) []string { return s }

func (c *client) IsScopeAllowed(string) bool { return true }

// IDTokenUserinfoClaimsAssertion is off: claims come from userinfo.
func (c *client) IDTokenUserinfoClaimsAssertion() bool { return false }

// ClockSkew is zero: both ends are on one machine.
func (c *client) ClockSkew() time.Duration { return 0 }

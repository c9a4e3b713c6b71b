package oidcdev

import (
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// loopback are the URLs that a client without registered ones may use.
var loopback = []string{"http://127.0.0.1:*/**", "http://localhost:*/**"}

// client is the one client, as the library's op.Client.
type client struct{ o Options }

// GetID and what follows are read by the library.
func (c *client) GetID() string { return c.o.ClientID }

// RedirectURIs are exact.
func (c *client) RedirectURIs() []string { return c.o.RedirectURIs }

// RedirectURIGlobs are used without exact ones.
func (c *client) RedirectURIGlobs() []string {
	if len(c.o.RedirectURIs) > 0 {
		return nil
	}
	return loopback
}

// PostLogoutRedirectURIs are exact.
func (c *client) PostLogoutRedirectURIs() []string { return c.o.LogoutURIs }

// PostLogoutRedirectURIGlobs are used without exact ones. The library matches
// them segment by segment here.
func (c *client) PostLogoutRedirectURIGlobs() []string {
	if len(c.o.LogoutURIs) > 0 {
		return nil
	}
	return []string{
		"http://127.0.0.1:*/api/*/logout-callback/", "http://localhost:*/api/*/logout-callback/",
		"http://127.0.0.1:*/", "http://localhost:*/",
	}
}

// ApplicationType is a confidential web application.
func (c *client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }

// AuthMethod is the secret in the request's body, unless an option says
// otherwise.
func (c *client) AuthMethod() oidc.AuthMethod {
	if c.o.ClientAuth != "" {
		return oidc.AuthMethod(c.o.ClientAuth)
	}
	return oidc.AuthMethodPost
}

// ResponseTypes is the code flow alone.
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

// GrantTypes is the code flow alone.
func (c *client) GrantTypes() []oidc.GrantType { return []oidc.GrantType{oidc.GrantTypeCode} }

// LoginURL is our page.
func (c *client) LoginURL(id string) string { return "/login?request=" + url.QueryEscape(id) }

// AccessTokenType is opaque.
func (c *client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }

// IDTokenLifetime is as long as that of access tokens.
func (c *client) IDTokenLifetime() time.Duration { return tokenLifetime }

// DevMode allows plain http.
func (c *client) DevMode() bool { return true }

// RestrictAdditionalIdTokenScopes restricts nothing.
func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string { return same }

// RestrictAdditionalAccessTokenScopes restricts nothing.
func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(s []string) []string { return s }

// IsScopeAllowed allows every scope.
func (c *client) IsScopeAllowed(string) bool { return true }

// IDTokenUserinfoClaimsAssertion is off: claims come from userinfo.
func (c *client) IDTokenUserinfoClaimsAssertion() bool { return false }

// ClockSkew is none: both ends are on one machine.
func (c *client) ClockSkew() time.Duration { return 0 }

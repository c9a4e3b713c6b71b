package introspection

import (
	"errors"
	"fmt"
	"time"

	"foyer/sdk/address"
	"foyer/sdk/conf"
	"foyer/sdk/oauthclient"
	"foyer/sdk/signing"
)

// Config is the section resource_server of the external API (settings.md 2.5).
type Config struct {
	ClientID     string      // client_id: who we are at the provider
	ClientSecret conf.Secret // client_secret
	ClientKey    conf.Secret // client_key, PEM
	ClientAuth   string      // client_auth: how we prove it, a method of oauthclient
	Issuer       string      // issuer of the tokens
	Endpoint     string      // introspection_endpoint

	Scopes       []string // scopes: the token must have one of them
	ScopesPrefix string   // scopes_prefix, cut from the scopes of all bearer tokens
	// AudienceClaim must be present. The replaced server checked no more than
	// that, and its default names the client that got the token rather than whom
	// it is for.
	AudienceClaim string // audience_claim
	// Audiences are what aud may name besides ClientID; Neutral are names in aud
	// that do not say whom the token is for.
	Audiences, Neutral []string // audiences, neutral_audiences

	VerifyTLS bool          // verify_tls
	Timeout   time.Duration // timeout of one call
	Proxy     string        // proxy URL, "" = none

	CacheTTL, RefusedTTL time.Duration // cache_ttl, refused_ttl; 0 = ask each time
	CacheSize            int           // cache_size: answers kept, of each kind
}

// Default is the section before anything is read.
func Default() Config {
	return Config{
		ClientID: "meet", ClientAuth: oauthclient.Post, Scopes: []string{"lasuite_meet"}, AudienceClaim: "client_id", Neutral: []string{"account"},
		VerifyTLS: true, Timeout: 5 * time.Second, CacheTTL: 30 * time.Second, RefusedTTL: 5 * time.Second, CacheSize: 10_000,
	}
}

func (c *Config) Fields(f *conf.Fields) {
	f.String("client_id", &c.ClientID, "Our client id at the provider, and the audience of tokens meant for us.").Legacy("OIDC_RS_CLIENT_ID")
	f.Secret("client_secret", &c.ClientSecret, "Our client secret.").Legacy("OIDC_RS_CLIENT_SECRET")
	f.Secret("client_key", &c.ClientKey, "PEM private keys for private_key_jwt: the first one signs, all are published at /jwks.")
	f.String("client_auth", &c.ClientAuth, "How we prove to be the client.").OneOf(oauthclient.Post, oauthclient.Basic, oauthclient.PrivateKey)
	f.String("issuer", &c.Issuer, "The provider's issuer.").Legacy("OIDC_OP_URL")
	f.String("introspection_endpoint", &c.Endpoint, "Where tokens are asked about; without client id, secret or key, issuer and this, no token of the provider is accepted.").
		Legacy("OIDC_OP_INTROSPECTION_ENDPOINT")
	f.List("scopes", &c.Scopes, "Scopes of which a token must have one.").Legacy("OIDC_RS_SCOPES")
	f.String("scopes_prefix", &c.ScopesPrefix, "Prefix cut from the scopes of all bearers, in lower case: lasuite_visio makes lasuite_visio:rooms:list be rooms:list.").
		Legacy("OIDC_RS_SCOPES_PREFIX")
	f.String("audience_claim", &c.AudienceClaim, "Claim that must be in the provider's answer.").Legacy("OIDC_RS_AUDIENCE_CLAIM")
	f.List("audiences", &c.Audiences, "What aud may name besides client_id.")
	f.List("neutral_audiences", &c.Neutral, "Names in aud that do not say whom a token is for; some providers add them to every token.")
	f.Bool("verify_tls", &c.VerifyTLS, "Check the provider's certificate.").Legacy("OIDC_VERIFY_SSL")
	f.Duration("timeout", &c.Timeout, "Time for one call to the provider.").Legacy("OIDC_TIMEOUT").AtLeast(int64(100 * time.Millisecond))
	f.String("proxy", &c.Proxy, "Proxy for calls to the provider, \"\" = none.").Legacy("OIDC_PROXY")
	f.Duration("cache_ttl", &c.CacheTTL, "How long an active token is believed to be; a revocation is noticed after that. 0s asks each time.")
	f.Duration("refused_ttl", &c.RefusedTTL, "How long a token is believed to be refused.")
	f.Int("cache_size", &c.CacheSize, "Tokens remembered, of either kind.").AtLeast(1).AtMost(1_000_000)
}

// Configured reports whether the provider can be asked.
func (c *Config) Configured() bool {
	who, err := c.client()
	return err == nil && who.Possible(c.ClientAuth) == nil && c.ClientID != "" && c.Issuer != "" && c.Endpoint != ""
}

// client is who we are at the provider.
func (c *Config) client() (oauthclient.Identity, error) {
	keys, err := c.Keys()
	return oauthclient.Identity{ID: c.ClientID, Secret: c.ClientSecret, Keys: keys}, err
}

// Keys are those of client_key; empty if it is not set.
func (c *Config) Keys() ([]signing.Private, error) {
	if c.ClientKey.IsZero() {
		return nil, nil
	}
	keys, err := signing.ReadPrivate(c.ClientKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("client_key: %w", err)
	}
	return keys, nil
}

// ways returns the ways of proving who we are.
func (c *Config) ways() []oauthclient.Way {
	if c.ClientAuth == oauthclient.PrivateKey {
		return oauthclient.KeyWays(c.Issuer, c.Endpoint, "")
	}
	return []oauthclient.Way{{Method: c.ClientAuth}}
}

// Validate checks what types cannot; prefix is put before the names of settings.
func (c *Config) Validate(prefix string) error {
	var faults []error
	for _, x := range []struct {
		key, value string
		form       address.Form
	}{{"introspection_endpoint", c.Endpoint, address.Resource}, {"proxy", c.Proxy, address.Proxy}} {
		if x.value == "" {
			continue
		}
		if err := x.form.Check(x.value); err != nil {
			faults = append(faults, fmt.Errorf("%s.%s: %w", prefix, x.key, err))
		}
	}
	if _, err := c.Keys(); err != nil {
		faults = append(faults, fmt.Errorf("%s.%w", prefix, err))
	} else if c.ClientAuth == oauthclient.PrivateKey && c.ClientKey.IsZero() {
		faults = append(faults, fmt.Errorf("%s.client_auth: private_key_jwt needs client_key", prefix))
	}
	if c.Configured() && len(c.Scopes) == 0 {
		faults = append(faults, fmt.Errorf("%s.scopes: without one, no token is accepted", prefix))
	}
	if c.Configured() && c.AudienceClaim == "" {
		faults = append(faults, fmt.Errorf("%s.audience_claim: must name a claim", prefix))
	}
	return errors.Join(faults...)
}

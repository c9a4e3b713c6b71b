package externalapi

import (
	"errors"
	"net/url"
	"strings"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/core/bearer/verifier"
	"foyer/modules/external-api/jwks"
	"foyer/modules/external-api/keyring"
	"foyer/modules/external-api/oauth"
	"foyer/modules/external-api/rooms"
	"foyer/sdk/conf"
)

// Config is the section modules.external_api.
type Config struct {
	OAuth    oauth.Config
	Rooms    rooms.Config
	Addons   bearer.AddonsConfig  // addons
	Provider introspection.Config // resource_server
	JWKS     jwks.Config          // resource_server
}

func defaultConfig() *Config {
	return &Config{
		OAuth: oauth.DefaultConfig(), Rooms: rooms.Default(), Addons: bearer.DefaultAddons(),
		Provider: introspection.Default(), JWKS: jwks.Default(),
	}
}

func (c *Config) Fields(f *conf.Fields) {
	f.EnabledBy("ENABLE_EXTERNAL_API", "EXTERNAL_API_ENABLED")
	f.Include(&c.OAuth)
	f.Include(&c.Rooms)
	f.Section("addons", &c.Addons, "Tokens of add-ons of office programs.")
	f.Section("resource_server", conf.Group(func(f *conf.Fields) {
		f.Include(&c.Provider)
		f.Include(&c.JWKS)
	}), "Tokens of the OIDC provider itself, which is asked about each.")
}

// Validate reports what the types cannot rule out.
func (c *Config) Validate() error {
	return errors.Join(c.OAuth.Validate(), c.Rooms.Validate(), c.Addons.Validate(), c.Provider.Validate("resource_server"))
}

// Warnings report settings that work but should be changed.
func (c *Config) Warnings() []string {
	if !c.OAuth.Enabled {
		return nil
	}
	const draw = "; 'openssl rand -hex 32' draws one"
	var all []string
	if u, err := url.Parse(c.OAuth.Issuer); err == nil && u.Host != "" && (u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "//")) {
		all = append(all, "jwt_issuer: its metadata has no address: an issuer has neither a query nor doubled slashes (RFC 8414 2)")
	}
	switch ring, err := c.OAuth.Ring(); {
	case err != nil: // Validate reports it
	case len(ring.Verifiers()) == 0:
		all = append(all, "jwt_secret_key: not set: applications get no tokens"+draw)
	case ring.Weak():
		all = append(all, "jwt_secret_key: shorter than the hash it is used with: it can be found out"+draw)
	}
	return all
}

// tokens returns which tokens are accepted.
func (c *Config) tokens(ring *keyring.Ring) verifier.Settings {
	s := verifier.Settings{Provider: c.Provider}
	if c.OAuth.Enabled {
		s.Applications = &bearer.Rules{Keys: ring.Verifiers(), Issuer: c.OAuth.Issuer, Audience: c.OAuth.Audience}
	}
	if c.Addons.Enabled {
		s.Addons = new(c.Addons.Rules())
	}
	return s
}

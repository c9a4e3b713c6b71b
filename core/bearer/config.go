package bearer

import (
	"errors"

	"foyer/sdk/conf"
)

// AddonsConfig is the section addons of the external API: the tokens held by
// add-ons of office programs (settings.md 2.14).
type AddonsConfig struct {
	Enabled   bool        // enabled
	SecretKey conf.Secret // token_secret_key
	Algorithm string      // token_algorithm
	Issuer    string      // token_issuer, "" = not checked
	Audience  string      // token_audience
}

// DefaultAddons is the section before anything is read.
func DefaultAddons() AddonsConfig {
	return AddonsConfig{Algorithm: "HS256", Issuer: "lasuite-meet", Audience: "addons"}
}

func (c *AddonsConfig) Fields(f *conf.Fields) {
	f.Bool("enabled", &c.Enabled, "Accept the tokens of add-ons.").Legacy("ADDONS_ENABLED")
	f.Secret("token_secret_key", &c.SecretKey, "Secret that signs them.").Legacy("ADDONS_TOKEN_SECRET_KEY")
	f.String("token_algorithm", &c.Algorithm, "Algorithm that signs them.").Legacy("ADDONS_TOKEN_ALG").OneOf("HS256", "HS384", "HS512")
	f.String("token_issuer", &c.Issuer, "Their issuer; \"\" is not looked at.").Legacy("ADDONS_TOKEN_ISSUER")
	f.String("token_audience", &c.Audience, "Their audience.").Legacy("ADDONS_TOKEN_AUDIENCE")
}

// Validate checks what types cannot.
func (c *AddonsConfig) Validate() error {
	if c.Enabled && c.SecretKey.IsZero() {
		return errors.New("addons.token_secret_key: tokens of add-ons cannot be checked without it")
	}
	return nil
}

// Rules returns the rules that the section sets for tokens.
func (c *AddonsConfig) Rules() Rules {
	return Rules{Keys: []Key{{Algorithm: c.Algorithm, Value: []byte(c.SecretKey.Reveal())}}, Issuer: c.Issuer, Audience: c.Audience}
}

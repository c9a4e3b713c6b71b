package oauth

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"foyer/modules/external-api/keyring"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Flag is on while applications are (Config.Enabled); their routes depend on it.
const Flag module.Flag = "external_api_applications"

// Config are the settings of applications and their tokens (settings.md 2.13).
type Config struct {
	Enabled           bool          // application_enabled
	ClientIDLength    int           // client_id_length of new applications
	SecretLength      int           // client_secret_length of new secrets
	SecretKey         conf.Secret   // jwt_secret_key: HMAC key, or a PEM private key for other algorithms
	Algorithm         string        // jwt_algorithm of jwt_secret_key
	SigningKey        conf.Secret   // signing_key: PEM private key that signs instead; "" = jwt_secret_key signs
	Issuer            string        // jwt_issuer, "" = no iss
	Audience          string        // jwt_audience, "" = no aud
	TTL               time.Duration // jwt_expiration, whole seconds
	TokenType         string        // jwt_token_type
	AllowUserCreation bool          // allow_user_creation
}

// DefaultConfig returns the defaults of the replaced server, except that Enabled is
// true: one switch is enough.
func DefaultConfig() Config {
	return Config{
		Enabled: true, ClientIDLength: 40, SecretLength: 128,
		Algorithm: "HS256", Issuer: "lasuite-meet", TTL: time.Hour, TokenType: "Bearer",
	}
}

// algorithms are those that tokens may be signed with; "none" is not among them.
var algorithms = []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}

// Fields declares the settings.
func (c *Config) Fields(f *conf.Fields) {
	f.Bool("application_enabled", &c.Enabled, "Issue and accept the tokens of applications; false leaves the external API to other tokens.").
		Legacy("APPLICATION_ENABLED")
	f.Int("client_id_length", &c.ClientIDLength, "Characters of new client ids.").
		Legacy("APPLICATION_CLIENT_ID_LENGTH").AtLeast(8).AtMost(100)
	f.Int("client_secret_length", &c.SecretLength, "Characters of new secrets.").
		Legacy("APPLICATION_CLIENT_SECRET_LENGTH").AtLeast(16).AtMost(1024)
	f.Secret("jwt_secret_key", &c.SecretKey, "Signs tokens: a secret for HS algorithms, a PEM private key for others.").
		Legacy("APPLICATION_JWT_SECRET_KEY")
	f.String("jwt_algorithm", &c.Algorithm, "Algorithm of jwt_secret_key.").Legacy("APPLICATION_JWT_ALG").OneOf(algorithms...)
	f.Secret("signing_key", &c.SigningKey, "PEM private key (RSA, EC or Ed25519) that signs instead and is published as JWKS; tokens of jwt_secret_key stay accepted.")
	f.String("jwt_issuer", &c.Issuer, "Issuer of tokens; \"\" = none.").Legacy("APPLICATION_JWT_ISSUER")
	f.String("jwt_audience", &c.Audience, "Audience of tokens; \"\" = none.").Legacy("APPLICATION_JWT_AUDIENCE")
	f.Duration("jwt_expiration", &c.TTL, "How long tokens live.").
		LegacyAs(expiration, "APPLICATION_JWT_EXPIRATION_SECONDS").AtLeast(int64(time.Second))
	f.String("jwt_token_type", &c.TokenType, "Token type that is told to applications.").Legacy("APPLICATION_JWT_TOKEN_TYPE")
	f.Bool("allow_user_creation", &c.AllowUserCreation, "Create accounts for addresses that nobody has; also needs oidc.email_fallback and no oidc.sub_immutable.").
		Legacy("APPLICATION_ALLOW_USER_CREATION")
}

// expiration reads whole seconds. The replaced server accepted 0, which made tokens
// expire the moment they were issued: nobody meant that, so the default applies.
func expiration(text string) (string, error) {
	seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil {
		return "", fmt.Errorf("%q is not a number of seconds", text)
	}
	if seconds == 0 {
		return DefaultConfig().TTL.String(), nil
	}
	return (time.Duration(seconds) * time.Second).String(), nil
}

// Ring reads the configured keys.
func (c *Config) Ring() (*keyring.Ring, error) {
	return keyring.New(keyring.Options{Secret: c.SecretKey, Algorithm: c.Algorithm, Signing: c.SigningKey})
}

// Validate reports what the types cannot rule out.
func (c *Config) Validate() error {
	var errs []error
	if c.TTL%time.Second != 0 {
		errs = append(errs, fmt.Errorf("jwt_expiration: %s is not a whole number of seconds", c.TTL))
	}
	if _, err := c.Ring(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

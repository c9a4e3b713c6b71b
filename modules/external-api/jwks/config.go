package jwks

import "foyer/sdk/conf"

// Config holds the keys of the section resource_server that describe the private key
// (settings.md 2.5).
type Config struct {
	PrivateKey conf.Secret // private_key, PEM
	KeyType    string      // key_type: RSA or EC
	Algorithm  string      // encryption_algorithm for the provider to use
}

// Default returns the section's default settings.
func Default() Config { return Config{KeyType: "RSA", Algorithm: "RSA-OAEP"} }

func (c *Config) Fields(f *conf.Fields) {
	f.Secret("private_key", &c.PrivateKey, "PEM private key whose public half is published at /jwks.").Legacy("OIDC_RS_PRIVATE_KEY_STR")
	f.String("key_type", &c.KeyType, "Kind of private_key.").Legacy("OIDC_RS_ENCRYPTION_KEY_TYPE").OneOf("RSA", "EC")
	f.String("encryption_algorithm", &c.Algorithm, "Algorithm told with the key.").Legacy("OIDC_RS_ENCRYPTION_ALGO")
}

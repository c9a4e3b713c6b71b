package externalapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	externalapi "foyer/modules/external-api"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestWarnings_tell_of_keys_that_are_missing_or_short(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*externalapi.Config)
		want   string
	}{
		"none":        {func(*externalapi.Config) {}, "jwt_secret_key: not set: applications get no tokens"},
		"short":       {func(c *externalapi.Config) { c.OAuth.SecretKey = conf.NewSecret("short") }, "jwt_secret_key: shorter than the hash"},
		"long enough": {func(c *externalapi.Config) { c.OAuth.SecretKey = conf.NewSecret(appSecret) }, ""},
		"an issuer with a query": {func(c *externalapi.Config) {
			c.OAuth.SecretKey, c.OAuth.Issuer = conf.NewSecret(appSecret), "https://id.example.org/a?q=1"
		}, "jwt_issuer: its metadata has no address"},
		"an issuer with doubled slashes": {func(c *externalapi.Config) {
			c.OAuth.SecretKey, c.OAuth.Issuer = conf.NewSecret(appSecret), "https://id.example.org/a//b"
		}, "jwt_issuer: its metadata has no address"},
		"nobody needs one":       {func(c *externalapi.Config) { c.OAuth.Enabled = false }, ""},
		"a fault, not a warning": {func(c *externalapi.Config) { c.OAuth.SigningKey = conf.NewSecret("x") }, ""},
	} {
		m := externalapi.New()
		x.change(m.Config().(*externalapi.Config))
		warnings := m.(module.Warner).Warnings()
		if x.want == "" {
			require.Empty(t, warnings, name)
			continue
		}
		require.Len(t, warnings, 1, name)
		require.Contains(t, warnings[0], x.want, name)
	}
}

package bearer_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/bearer"
	"foyer/sdk/conf"
	"foyer/sdk/reply"
)

func TestCheck_answers_by_the_contract(t *testing.T) {
	secret := conf.NewSecret("s3cret")
	for name, c := range map[string]struct {
		header string
		want   conf.Secret
		text   string // "" = admitted
	}{
		"the secret":                {"Bearer s3cret", secret, ""},
		"scheme in any case":        {"bEARER s3cret", secret, ""},
		"spaces around the token":   {"  Bearer   s3cret ", secret, ""},
		"not configured":            {"Bearer s3cret", conf.Secret{}, "Authentication is enabled but token is not configured."},
		"not configured, no header": {"", conf.Secret{}, "Authentication is enabled but token is not configured."},
		"no header":                 {"", secret, "Authorization header is required"},
		"scheme alone":              {"Bearer", secret, "Invalid authorization header format."},
		"one word":                  {"s3cret", secret, "Invalid authorization header format."},
		"another scheme":            {"Basic s3cret", secret, "Invalid authorization header format."},
		"another secret":            {"Bearer guess", secret, "Invalid token"},
		"a part of the secret":      {"Bearer s3cre", secret, "Invalid token"},
	} {
		t.Run(name, func(t *testing.T) {
			err := bearer.Check(c.header, c.want, "A hook")
			if c.text == "" {
				require.NoError(t, err)
				return
			}
			e, ok := errors.AsType[*reply.Error](err)
			require.True(t, ok)
			require.Equal(t, http.StatusUnauthorized, e.Status)
			require.Equal(t, map[string]string{"detail": c.text}, e.Body)
			require.Equal(t, "Bearer realm='A hook'", e.Header["WWW-Authenticate"])
		})
	}
}

func FuzzCheck_admits_only_the_secret(f *testing.F) {
	f.Add("Bearer s3cret")
	f.Add("Bearer\ts3cret")
	f.Add("Bearer s3cret s3cret")
	f.Fuzz(func(t *testing.T, header string) {
		if bearer.Check(header, conf.NewSecret("s3cret"), "r") == nil {
			require.Regexp(t, `(?i)^\s*bearer\s+s3cret\s*$`, header)
		}
	})
}

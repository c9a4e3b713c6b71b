package introspection_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/module/conf"
	"foyer/modules/external-api/introspection"
)

func TestConfig_is_complete_with_all_four(t *testing.T) {
	c := introspection.Default()
	require.NoError(t, conf.Decode("", "", []byte("client_secret: s\nissuer: i\nintrospection_endpoint: https://id.example.org/x\n"), &c))
	require.True(t, c.Configured())
	require.NoError(t, c.Validate("resource_server"))
	for _, without := range []string{"client_id: \"\"\n", "client_secret: \"\"\n", "issuer: \"\"\n", "introspection_endpoint: \"\"\n"} {
		less := c
		require.NoError(t, conf.Decode("", "", []byte(without), &less))
		require.False(t, less.Configured(), without)
	}
}

func TestConfig_names_every_fault(t *testing.T) {
	c := introspection.Default()
	require.NoError(t, conf.Decode("", "", []byte("client_secret: s\nissuer: i\nintrospection_endpoint: nowhere\nproxy: nobody\nscopes: []\naudience_claim: \"\"\n"), &c))
	err := c.Validate("resource_server")
	for _, key := range []string{"introspection_endpoint", "proxy", "scopes", "audience_claim"} {
		require.ErrorContains(t, err, "resource_server."+key+": ")
	}
}

package introspection_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer/introspection"
	"foyer/sdk/conf"
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

func TestConfig_is_complete_with_a_key_in_place_of_the_secret(t *testing.T) {
	c := introspection.Default()
	require.NoError(t, conf.Decode("", "", []byte("client_auth: private_key_jwt\nissuer: i\nintrospection_endpoint: https://id.example.org/x\n"), &c))
	require.ErrorContains(t, c.Validate("resource_server"), "resource_server.client_auth: private_key_jwt needs client_key")
	require.False(t, c.Configured())
	c.ClientKey = conf.NewSecret("x")
	require.ErrorContains(t, c.Validate("resource_server"), "resource_server.client_key: ")
	require.False(t, c.Configured())
	c.ClientKey = ecKey(t)
	require.NoError(t, c.Validate("resource_server"))
	require.True(t, c.Configured())
}

func TestConfig_names_every_fault(t *testing.T) {
	c := introspection.Default()
	require.NoError(t, conf.Decode("", "", []byte("client_secret: s\nissuer: i\nintrospection_endpoint: nowhere\nproxy: nobody\nscopes: []\naudience_claim: \"\"\n"), &c))
	err := c.Validate("resource_server")
	for _, key := range []string{"introspection_endpoint", "proxy", "scopes", "audience_claim"} {
		require.ErrorContains(t, err, "resource_server."+key+": ")
	}
}

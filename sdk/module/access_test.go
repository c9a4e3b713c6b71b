package module_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func TestAccess_crosses_as_a_rule(t *testing.T) {
	for kind, a := range map[string]module.Access{
		"nobody": {}, "public": module.Public, "session_optional": module.SessionOptional, "session": module.Session,
		"staff": module.Staff, "sign_in": module.SignIn, "livekit_token": module.LiveKitToken,
		"livekit_token_or_session": module.LiveKitTokenOrSession, "secret": module.Secret("peer.token"),
		"application_token": module.ApplicationToken("notes:read"), "own": module.Own,
	} {
		require.Equal(t, kind, a.Rule().Kind)
		require.Equal(t, a, module.AccessOf(a.Rule()), kind)
	}
	require.Equal(t, "notes:read", module.ApplicationToken("notes:read").Of("notes").Rule().Scope)
}

func FuzzAccessOf_admits_nobody_by_a_rule_that_is_not_known(f *testing.F) {
	for _, kind := range []string{"", "application", "Application_Token", "application_token ", "public\x00", "secret", "own"} {
		f.Add(kind, "peer.token", "notes:read")
	}
	f.Fuzz(func(t *testing.T, kind, secret, scope string) {
		got := module.AccessOf(module.Rule{Kind: kind, Secret: secret, Scope: scope}).Rule()
		if got.Kind != kind {
			require.Equal(t, module.Rule{Kind: "nobody"}, got)
			return
		}
		require.Equal(t, module.Rule{Kind: kind, Secret: secret, Scope: scope}, got)
	})
}

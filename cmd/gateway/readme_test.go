package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// The deployment shown in README, verbatim except for its secrets.
func TestREADME_shows_a_deployment_that_is_safe_behind_a_proxy(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(page), "A minimal deployment:\n\n```yaml\n")
	require.True(t, found)
	text, _, found = strings.Cut(text, "```")
	require.True(t, found)
	dir := t.TempDir()
	for name, secret := range map[string]string{
		"database_url": "postgres://meet:secret@db.example.org/meet", "livekit": strings.Repeat("l", 32), "oidc": "o", "mail": "m",
	} {
		write(t, dir, name, "%s\n", secret)
	}
	file := write(t, dir, "config.yaml", "%s", strings.ReplaceAll(text, "/run/secrets", dir))
	cfg, warnings, err := config.Load(config.Source{File: file, Modules: builtin})
	require.NoError(t, err)
	for _, w := range warnings {
		require.NotContains(t, w.Path, "http.", w.String())
	}
	require.True(t, cfg.HTTP.SecureCookies)
	require.NotZero(t, cfg.HTTP.HSTS)
	require.False(t, cfg.HTTP.HSTSSubdomains, "other hosts of the domain are not its business")
	require.NotEmpty(t, cfg.HTTP.TrustedProxies)
}

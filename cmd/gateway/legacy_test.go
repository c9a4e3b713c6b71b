package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

// legacyEnvironment is the environment of a deployment of the replaced server.
func legacyEnvironment(t *testing.T) []string {
	return append([]string{
		"DJANGO_CONFIGURATION=Production", "DJANGO_SETTINGS_MODULE=meet.settings", "DATABASE_URL=" + pgdev.New(t),
		"DJANGO_SECRET_KEY=a-key-of-more-than-thirty-two-bytes", "DJANGO_ALLOWED_HOSTS=meet.example.org",
		"DJANGO_CSRF_TRUSTED_ORIGINS=https://meet.example.org", "REDIS_URL=redis://redis:6379/1",
		"OIDC_OP_AUTHORIZATION_ENDPOINT=https://id.example.org/auth", "OIDC_OP_TOKEN_ENDPOINT=https://id.example.org/token",
		"OIDC_OP_USER_ENDPOINT=https://id.example.org/user", "OIDC_OP_JWKS_ENDPOINT=https://id.example.org/keys",
		"OIDC_RP_CLIENT_ID=meet", "OIDC_RP_CLIENT_SECRET=secret", "OIDC_RP_SIGN_ALGO=RS256", "OIDC_RP_SCOPES=openid email",
		"LOGIN_REDIRECT_URL=https://meet.example.org", "OIDC_REDIRECT_ALLOWED_HOSTS=meet.example.org",
		"ALLOW_UNREGISTERED_ROOMS=False", "ROOM_SUBTITLE_ENABLED=True", "FRONTEND_SUPPORT={'id': 'x'}",
	}, withMedia...)
}

func TestLegacy_environment_of_a_production_answers_behind_its_proxy(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), legacyEnvironment(t))
	require.Contains(t, s.logs(), "http.trusted_proxies: not set: DJANGO_CONFIGURATION=Production believes")

	const path, host = "/api/v1.0/config/", "meet.example.org"
	a := s.get(path, "Host", host, "X-Forwarded-Proto", "https", "X-Forwarded-For", "198.51.100.7")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, `"subtitle":{"enabled":true}`)
	require.Contains(t, a.body, `"support":{"id":"x"}`)
	require.Contains(t, a.header.Get("Strict-Transport-Security"), "max-age=60")

	a = s.get(path, "Host", host, "X-Forwarded-Proto", "http")
	require.Equal(t, http.StatusMovedPermanently, a.status)
	require.Equal(t, "https://"+host+path, a.header.Get("Location"))
	require.Equal(t, http.StatusOK, s.get("/__heartbeat__", "Host", host).status)
	require.Equal(t, http.StatusBadRequest, s.get(path, "Host", "evil.example.org", "X-Forwarded-Proto", "https").status)

	a = s.get("/api/v1.0/authenticate/", "Host", host, "X-Forwarded-Proto", "https")
	require.Equal(t, http.StatusFound, a.status)
	require.Contains(t, a.header.Get("Location"), "https://id.example.org/auth?")
	require.Contains(t, a.header.Get("Location"), "redirect_uri=https%3A%2F%2Fmeet.example.org%2Fapi%2Fv1.0%2Fcallback%2F")
}

func TestLegacy_production_with_proxies_named_believes_no_others(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), append(legacyEnvironment(t), "GATEWAY_HTTP__TRUSTED_PROXIES=192.0.2.1"))
	a := s.get("/api/v1.0/config/", "Host", "meet.example.org", "X-Forwarded-Proto", "https")
	require.Equal(t, http.StatusMovedPermanently, a.status)
	require.NotContains(t, s.logs(), "trusted_proxies")
}

package oidcdev_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"foyer/internal/dev/oidcdev"
)

const back = "http://127.0.0.1:1/api/v1.0/callback/"

// agent is a browser that stops at the client's callback.
func agent(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "127.0.0.1:1" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func authorize(t *testing.T, p *oidcdev.Provider, c *http.Client, more ...string) *http.Response {
	q := url.Values{
		"client_id": {p.ClientID}, "redirect_uri": {back}, "response_type": {"code"},
		"scope": {"openid email"}, "state": {"s1"}, "nonce": {"n1"},
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	resp, err := c.Get(p.Issuer + "/authorize?" + q.Encode())
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func answer(t *testing.T, resp *http.Response) url.Values {
	require.Equal(t, http.StatusFound, resp.StatusCode)
	u, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	return u.Query()
}

func TestProvider_signs_a_hinted_user_in_for_a_standard_client(t *testing.T) {
	p := oidcdev.StartT(t, oidcdev.Options{})
	c := agent(t)
	verifier := oauth2.GenerateVerifier()
	got := answer(t, authorize(t, p, c, "login_hint", "ada@example.org",
		"code_challenge", oauth2.S256ChallengeFromVerifier(verifier), "code_challenge_method", "S256"))
	require.Equal(t, "s1", got.Get("state"))

	ctx := oidc.ClientContext(context.Background(), c)
	op, err := oidc.NewProvider(ctx, p.Issuer)
	require.NoError(t, err)
	conf := oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: op.Endpoint(), RedirectURL: back}
	conf.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	_, err = conf.Exchange(ctx, got.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	require.Error(t, err, "another verifier")

	got = answer(t, authorize(t, p, c, "code_challenge", oauth2.S256ChallengeFromVerifier(verifier), "code_challenge_method", "S256"))
	token, err := conf.Exchange(ctx, got.Get("code"), oauth2.VerifierOption(verifier))
	require.NoError(t, err)
	id, err := op.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, token.Extra("id_token").(string))
	require.NoError(t, err)
	require.Equal(t, "ada", id.Subject)
	require.Equal(t, "n1", id.Nonce)
	info, err := op.UserInfo(ctx, oauth2.StaticTokenSource(token))
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, info.Claims(&claims))
	require.Equal(t, "Ada", claims["given_name"])
	require.Equal(t, "ada@example.org", claims["email"])
	_, err = conf.Exchange(ctx, got.Get("code"), oauth2.VerifierOption(verifier))
	require.Error(t, err, "a code works once")
}

func TestProvider_shows_a_page_to_a_browser_and_remembers_it(t *testing.T) {
	p := oidcdev.StartT(t, oidcdev.Options{})
	c := agent(t)
	require.Equal(t, "login_required", answer(t, authorize(t, p, c, "prompt", "none")).Get("error"))
	require.Equal(t, "login_required", answer(t, authorize(t, p, c, "prompt", "none", "login_hint", "ada")).Get("error"))

	resp := authorize(t, p, c)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), "Grace Harbor")
	id := resp.Request.URL.Query().Get("request")
	resp, err = c.Get(p.Issuer + "/login?request=" + id + "&user=nobody")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	resp, err = c.Get(p.Issuer + "/login?request=" + id + "&user=grace")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.NotEmpty(t, answer(t, resp).Get("code"))

	require.NotEmpty(t, answer(t, authorize(t, p, c, "prompt", "none")).Get("code"))
	require.Equal(t, "login_required", answer(t, authorize(t, p, c, "prompt", "none", "login_hint", "ada")).Get("error"))
}

func TestProvider_refuses_foreign_redirects_and_addresses(t *testing.T) {
	p := oidcdev.StartT(t, oidcdev.Options{})
	resp := authorize(t, p, agent(t), "redirect_uri", "https://attacker.example.org/")
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		_, err := oidcdev.Start(context.Background(), oidcdev.Options{Addr: addr})
		require.Error(t, err, addr)
	}
}

package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// identity is what the provider says of who signed in.
type identity struct {
	claims  map[string]any // of userinfo
	sub     string         // of the id token
	sid     string         // the provider's session, "" unknown
	idToken string
}

// exchange turns a code into an identity (core-rest.md 3.2).
func (p *provider) exchange(ctx context.Context, code, redirectURI string, login pending) (identity, error) {
	r, err := p.get(ctx)
	if err != nil {
		return identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	oauth := r.oauth
	oauth.RedirectURL = redirectURI
	var options []oauth2.AuthCodeOption
	if login.Verifier != "" {
		options = append(options, oauth2.VerifierOption(login.Verifier))
	}
	token, err := oauth.Exchange(ctx, code, options...)
	if err != nil {
		return identity{}, fmt.Errorf("exchange the code: %w", plainTokenError(err))
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return identity{}, errors.New("the token answer has no id_token")
	}
	id, sid, err := p.verifyIDToken(ctx, r, raw, login.Nonce)
	if err != nil {
		return identity{}, err
	}
	if sid == "" {
		sid, _ = token.Extra("sid").(string)
	}
	claims, err := p.readUserInfo(ctx, r, token.AccessToken)
	if err != nil {
		return identity{}, err
	}
	return identity{claims: claims, sub: id.Subject, sid: sid, idToken: raw}, nil
}

// plainTokenError keeps the body of the token endpoint's answer out of logs: it
// may echo what was sent.
func plainTokenError(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		if e.Response != nil {
			return fmt.Errorf("the token endpoint answered %d %.60q", e.Response.StatusCode, e.ErrorCode)
		}
		return fmt.Errorf("the token endpoint answered %.60q", e.ErrorCode)
	}
	return err
}

// readUserInfo asks for the claims of the bearer of an access token.
func (p *provider) readUserInfo(ctx context.Context, r *relying, access string) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.userInfo, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for userinfo: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for userinfo: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read userinfo: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the userinfo endpoint answered %d", resp.StatusCode)
	}
	form := p.cfg.UserInfoForm
	if form == "AUTO" {
		form = "JSON"
		if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && kind == "application/jwt" {
			form = "JWT"
		}
	}
	if form == "JWT" {
		return p.openUserInfo(ctx, r, string(body))
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil || claims == nil {
		return nil, errors.New("userinfo is not a JSON object")
	}
	return claims, nil
}

// openUserInfo verifies userinfo in the form of a JWT like an id token, as far
// as it carries the claims. An id token, told by its nonce, does not pass.
func (p *provider) openUserInfo(ctx context.Context, r *relying, raw string) (map[string]any, error) {
	t, err := r.userinfo.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("verify userinfo: %w", err)
	}
	var claims map[string]any
	if err := t.Claims(&claims); err != nil || claims == nil {
		return nil, errors.New("userinfo is not a JSON object")
	}
	_, hasNonce := claims["nonce"]
	_, hasExpiry := claims["exp"]
	switch {
	case hasNonce:
		return nil, errors.New("userinfo carries a nonce")
	case t.Issuer != "" && !p.issuerOK(r, t.Issuer):
		return nil, fmt.Errorf("userinfo is of another issuer, %q", t.Issuer)
	case len(t.Audience) > 0 && !slices.Contains(t.Audience, p.cfg.ClientID):
		return nil, errors.New("userinfo is for another client")
	case hasExpiry && t.Expiry.Before(time.Now()):
		return nil, errors.New("userinfo has expired")
	}
	return claims, nil
}

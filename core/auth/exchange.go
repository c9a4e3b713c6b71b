package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"foyer/sdk/oauthclient"
)

// identity is what the provider says about who signed in.
type identity struct {
	claims  map[string]any // from userinfo
	sub     string         // from the id token
	sid     string         // the provider's session, "" = unknown
	idToken string
}

// exchange turns a code into an identity (core-rest.md 3.2).
func (p *provider) exchange(ctx context.Context, code, redirectURI string, login pending) (identity, error) {
	r, err := p.get(ctx)
	if err != nil {
		return identity{}, err
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI}}
	if login.Verifier != "" {
		form.Set("code_verifier", login.Verifier)
	}
	body, err := r.client.Post(ctx, r.Token, form)
	if err != nil {
		return identity{}, fmt.Errorf("exchange the code at the token endpoint: %w", err)
	}
	var token map[string]any
	if err := json.Unmarshal(body, &token); err != nil {
		return identity{}, errors.New("the token answer is not a JSON object")
	}
	raw, _ := token["id_token"].(string)
	access, _ := token["access_token"].(string)
	if raw == "" || access == "" {
		return identity{}, errors.New("the token answer has no id_token or no access_token")
	}
	id, sid, err := p.verifyIDToken(ctx, r, raw, login.Nonce)
	if err != nil {
		return identity{}, err
	}
	if sid == "" {
		sid, _ = token["sid"].(string)
	}
	claims, err := p.readUserInfo(ctx, r, access)
	if err != nil {
		return identity{}, err
	}
	return identity{claims: claims, sub: id.Subject, sid: sid, idToken: raw}, nil
}

// readUserInfo fetches the claims that an access token gives access to.
func (p *provider) readUserInfo(ctx context.Context, r *relying, access string) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.UserInfo, nil)
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
		return nil, fmt.Errorf("the userinfo endpoint answered %d%s", resp.StatusCode, refusalIn(resp.Header, access))
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

// challengePart matches the parameters of a challenge that say why a token is
// refused (RFC 6750 3).
var challengePart = regexp.MustCompile(`\b(error|error_description)="([^"]*)"`)

// refusalIn is what a challenge says about a refused access token.
func refusalIn(h http.Header, access string) string {
	text := ""
	for _, m := range challengePart.FindAllStringSubmatch(h.Get("WWW-Authenticate"), 2) {
		text += fmt.Sprintf(", %s %.200q", m[1], oauthclient.Blank(m[2], access))
	}
	return text
}

// openUserInfo verifies userinfo sent as a JWT like an id token, as far as it
// carries the claims. An id token, recognised by its nonce, does not pass.
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

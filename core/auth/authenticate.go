package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"foyer/sdk/reply"
)

const stateLength = 32

// authenticate starts a login (core-rest.md 3.1).
func (a *Auth) authenticate(w http.ResponseWriter, r *http.Request) {
	login := pending{
		State: randomText(stateLength), Added: time.Now().UTC(),
		Next: a.returnURL(r, r.URL.Query().Get(a.o.OIDC.ReturnField)), Silent: strings.EqualFold(r.URL.Query().Get("silent"), "true"),
	}
	if login.Silent && a.logins.out(r) {
		redirect(w, a.successURL(login))
		return
	}
	provider, err := a.provider.get(r.Context())
	if err != nil {
		a.failed(w, r, login, err)
		return
	}
	to, err := a.provider.authorize(r.Context(), provider, a.authorization(r, &login))
	if err != nil {
		a.failed(w, r, login, err)
		return
	}
	if err := a.logins.remember(w, r, login); err != nil {
		reply.Fail(w, r, err)
		return
	}
	a.logins.comeBack(w, r)
	redirect(w, to)
}

// authorization builds what the provider is asked for, and fills login with what
// the callback will need.
func (a *Auth) authorization(r *http.Request, login *pending) query {
	cfg := a.o.OIDC
	var q query
	q.set("response_type", "code")
	q.set("scope", cfg.Scopes)
	q.set("client_id", cfg.ClientID)
	q.set("redirect_uri", a.base(r)+callbackPath)
	q.set("state", login.State)
	for _, name := range slices.Sorted(maps.Keys(cfg.AuthParams)) {
		q.set(name, paramText(cfg.AuthParams[name]))
	}
	if login.Silent {
		q.set("prompt", "none")
	}
	if hint := r.URL.Query().Get("login_hint"); hint != "" {
		q.set("login_hint", hint)
	}
	if cfg.UseNonce {
		login.Nonce = randomText(stateLength)
		q.set("nonce", login.Nonce)
	}
	if cfg.UsePKCE {
		login.Verifier = randomText(cfg.PKCESize)
		q.set("code_challenge", challenge(cfg.PKCEMethod, login.Verifier))
		q.set("code_challenge_method", cfg.PKCEMethod)
	}
	return q
}

func challenge(method, verifier string) string {
	if method == "plain" {
		return verifier
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// paramText is the text of a configured extra parameter; objects and lists become
// JSON, as the claims parameter requires.
func paramText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any, []any:
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v)
}

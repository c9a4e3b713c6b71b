package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/sdk/reply"
)

const stateLength = 32

// authenticate starts a login (core-rest.md 3.1).
func (a *Auth) authenticate(c *gin.Context) {
	login := pending{
		State: randomText(stateLength), Added: time.Now().UTC(),
		Next: a.returnURL(c, c.Query(a.o.OIDC.ReturnField)), Silent: strings.EqualFold(c.Query("silent"), "true"),
	}
	if login.Silent && a.logins.out(c) {
		redirect(c, a.successURL(login))
		return
	}
	r, err := a.provider.get(c.Request.Context())
	if err != nil {
		a.failed(c, login, err)
		return
	}
	to, err := a.provider.authorize(c.Request.Context(), r, a.authorization(c, &login))
	if err != nil {
		a.failed(c, login, err)
		return
	}
	if err := a.logins.remember(c, login); err != nil {
		reply.Fail(c, err)
		return
	}
	a.logins.comeBack(c)
	redirect(c, to)
}

// authorization is what the provider is asked for; it fills login with what the
// callback will need.
func (a *Auth) authorization(c *gin.Context, login *pending) query {
	cfg := a.o.OIDC
	var q query
	q.set("response_type", "code")
	q.set("scope", cfg.Scopes)
	q.set("client_id", cfg.ClientID)
	q.set("redirect_uri", a.base(c)+callbackPath)
	q.set("state", login.State)
	for _, name := range slices.Sorted(maps.Keys(cfg.AuthParams)) {
		q.set(name, paramText(cfg.AuthParams[name]))
	}
	if login.Silent {
		q.set("prompt", "none")
	}
	if hint := c.Query("login_hint"); hint != "" {
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

// paramText is the text of a configured extra parameter; objects and lists
// become JSON, as the claims parameter wants them.
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

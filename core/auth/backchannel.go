package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"foyer/core/store"
	"foyer/sdk/reply"
)

const (
	logoutEvent   = "http://schemas.openid.net/event/backchannel-logout"
	maxLogoutForm = 64 << 10 // bytes
	jtiClaim      = 5 * time.Minute
	maxJTIClaim   = 24 * time.Hour
	clockSkew     = time.Minute
)

// logoutFault is an error_description of the contract.
type logoutFault string

const (
	errNoToken      logoutFault = "Missing logout_token parameter"
	errBadToken     logoutFault = "Invalid logout token" //nolint:gosec // a message
	errNobody       logoutFault = "Token must contain either sub or sid claim"
	errProcessed    logoutFault = "Token already processed"
	errLogoutFailed logoutFault = "Logout failed"
)

func (f logoutFault) Error() string { return string(f) }

// backchannelLogout ends sessions when the provider says so (core-rest.md 3.5).
func (a *Auth) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := a.endSessions(w, r); err != nil {
		shown, ok := errors.AsType[logoutFault](err)
		if !ok {
			shown = errLogoutFailed
		}
		a.log.WarnContext(r.Context(), "a back-channel logout failed", "cause", printable(err.Error(), 500))
		reply.JSON(w, r, http.StatusBadRequest, map[string]string{
			"error": "invalid_request", "error_description": shown.Error(),
		})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *Auth) endSessions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, maxLogoutForm)
	raw := ""
	if err := r.ParseForm(); err == nil {
		raw = r.PostForm.Get("logout_token")
	}
	if raw == "" {
		return errNoToken
	}
	t, err := a.verifyLogout(ctx, raw)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(t.TokenID))
	key := "jti:" + hex.EncodeToString(sum[:])
	now := time.Now().UTC()
	expires := now.Add(min(max(jtiClaim, t.Expiry.Sub(now)), maxJTIClaim))
	first, err := a.o.Sessions.KVPutIfAbsent(ctx, kvNamespace, key, []byte("1"), &expires, now)
	if err != nil {
		return fmt.Errorf("claim the logout token: %w", err)
	}
	if !first {
		return errProcessed
	}
	if err := a.endSessionsOf(ctx, t); err != nil {
		// The provider may retry with the same token.
		return errors.Join(err, a.o.Sessions.KVDelete(context.WithoutCancel(ctx), kvNamespace, key))
	}
	return nil
}

// endSessionsOf deletes the one session of a sid, or all of a sub.
func (a *Auth) endSessionsOf(ctx context.Context, t *oidc.LogoutToken) error {
	if t.SessionID != "" {
		n, err := a.o.Sessions.DeleteSIDSessions(ctx, t.SessionID)
		if err != nil {
			return fmt.Errorf("end the sessions of a sid: %w", err)
		}
		a.log.InfoContext(ctx, "back-channel logout", "sessions", n)
		return nil
	}
	user, err := a.o.Users.UserBySub(ctx, t.Subject)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) { // nobody can have the latter
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the account to sign out: %w", err)
	}
	n, err := a.o.Sessions.DeleteUserSessions(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("end the sessions of %s: %w", user.ID, err)
	}
	a.log.InfoContext(ctx, "back-channel logout", "user", user.ID, "sessions", n)
	return nil
}

// verifyLogout checks a logout token: the library checks signature, aud, exp,
// jti, the event and that there is no nonce; iss, iat and the event's form are
// checked here.
func (a *Auth) verifyLogout(ctx context.Context, raw string) (*oidc.LogoutToken, error) {
	r, err := a.provider.get(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLogoutFailed, err)
	}
	t, err := r.logoutBy.VerifyLogout(ctx, raw)
	if err != nil {
		// The library has no error value for this one, but the contract does.
		if strings.Contains(err.Error(), "'sub' claim, a 'sid' claim, or both") {
			return nil, errNobody
		}
		return nil, fmt.Errorf("%w: %w", errBadToken, err)
	}
	var claims struct {
		IssuedAt *json.Number               `json:"iat"`
		Events   map[string]json.RawMessage `json:"events"`
	}
	if err := t.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: %w", errBadToken, err)
	}
	var event map[string]any
	switch {
	case !a.provider.issuerOK(r, t.Issuer):
		return nil, fmt.Errorf("%w: of another issuer", errBadToken)
	case claims.IssuedAt == nil || t.IssuedAt.After(time.Now().Add(clockSkew)):
		return nil, fmt.Errorf("%w: iat is missing or in the future", errBadToken)
	case json.Unmarshal(claims.Events[logoutEvent], &event) != nil || event == nil:
		return nil, fmt.Errorf("%w: the event is not an object", errBadToken)
	}
	return t, nil
}

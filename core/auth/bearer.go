package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
)

const (
	badHeader = "Authorization header must be: Bearer <token>"
	noCreds   = "Authentication credentials were not provided."
)

// authorization is the request's header; several are one that nobody can read, for
// those before us may have looked at another.
func authorization(r *http.Request) string {
	return strings.Join(r.Header.Values("Authorization"), ", ")
}

// tokenOf takes the token out of an Authorization header: exactly two words, the
// first "bearer" in any case.
func tokenOf(header string) (string, bool) {
	words := strings.Fields(header)
	if len(words) != 2 || !strings.EqualFold(words[0], "bearer") {
		return "", false
	}
	return words[1], true
}

// bearerClaims verifies the request's LiveKit token; nil if there is no header.
func (a *Auth) bearerClaims(r *http.Request) (*livekit.Claims, error) {
	header := authorization(r)
	if header == "" {
		return nil, nil
	}
	token, ok := tokenOf(header)
	if !ok {
		return nil, reply.Detail(http.StatusForbidden, badHeader)
	}
	if a.o.Tokens == nil {
		return nil, badToken(livekit.ErrSignature)
	}
	claims, err := a.o.Tokens.Verify(token)
	if err != nil {
		return nil, badToken(err)
	}
	return &claims, nil
}

func badToken(reason error) error {
	return reply.Detail(http.StatusForbidden, "Invalid LiveKit token: "+reason.Error())
}

// checkMeeting refuses tokens of meetings that are over and of participants who
// have been removed.
func (a *Auth) checkMeeting(ctx context.Context, claims livekit.Claims) error {
	if a.o.Meetings == nil {
		return nil
	}
	err := a.o.Meetings.Check(ctx, claims)
	if reason, ok := errors.AsType[livekit.Reason](err); ok {
		return badToken(reason)
	}
	return err
}

// admitSecret compares the bearer token with the named secret. A secret that is
// not configured admits nobody.
func (a *Auth) admitSecret(r *http.Request, name string) error {
	given, ok := tokenOf(authorization(r))
	if ok && a.o.Secrets != nil {
		if want, found := a.o.Secrets(name); found && !want.IsZero() && want.Equal(given) {
			return nil
		}
	}
	e := reply.Detail(http.StatusUnauthorized, noCreds)
	e.Header = map[string]string{"WWW-Authenticate": "Bearer"}
	return e
}

// equal is Secret.Equal for strings not kept as secrets.
func equal(a, b string) bool { return conf.NewSecret(a).Equal(b) }

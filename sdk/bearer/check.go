package bearer

import (
	"fmt"
	"net/http"
	"strings"

	"foyer/sdk/conf"
	"foyer/sdk/reply"
)

// Check compares the Authorization header with the secret, in a time that reveals
// nothing about either. The error is a *reply.Error: 401 with a challenge for the
// realm. A secret that is not configured admits nobody.
func Check(header string, want conf.Secret, realm string) error {
	switch given, ok := token(header); {
	case want.IsZero():
		return refused(realm, "Authentication is enabled but token is not configured.")
	case header == "":
		return refused(realm, "Authorization header is required")
	case !ok:
		return refused(realm, "Invalid authorization header format.")
	case !want.Equal(given):
		return refused(realm, "Invalid token")
	}
	return nil
}

// token reads "Bearer <token>": the scheme in any case, spaces around the token
// ignored.
func token(header string) (string, bool) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(header), " ")
	rest = strings.TrimSpace(rest)
	return rest, found && rest != "" && strings.EqualFold(scheme, "bearer")
}

func refused(realm, text string) error {
	e := reply.Detail(http.StatusUnauthorized, text)
	e.Header = map[string]string{"WWW-Authenticate": fmt.Sprintf("Bearer realm='%s'", realm)}
	return e
}

package signing

import (
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

// ErrCritical is returned for a token with extensions that whoever reads it must
// understand. None is understood here, and golang-jwt does not look.
var ErrCritical = errors.New("the token has a critical header, which is not known here")

// Critical refuses a token with a "crit" header (RFC 7515 4.1.11). It belongs in
// the jwt.Keyfunc of every parser that reads tokens of others.
func Critical(t *jwt.Token) error {
	if _, given := t.Header["crit"]; given {
		return ErrCritical
	}
	return nil
}

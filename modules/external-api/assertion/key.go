package assertion

import (
	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/signing"
)

// signedBy verifies only the signature, with the key's own algorithms. tried reports
// whether the key is of the kind the assertion names.
func signedBy(jwk []byte, text string, c *claims) (signed, tried bool) {
	k, err := signing.ParseClientKey(jwk)
	if err != nil {
		return false, false
	}
	_, err = jwt.NewParser(jwt.WithValidMethods(k.Algorithms), jwt.WithoutClaimsValidation()).ParseWithClaims(text, c,
		func(t *jwt.Token) (any, error) {
			if err := signing.Critical(t); err != nil {
				return nil, err
			}
			if id, named := t.Header["kid"]; named && k.ID != "" && id != k.ID {
				return nil, ErrWrong
			}
			tried = true
			return k.Key, nil
		})
	return err == nil, tried
}

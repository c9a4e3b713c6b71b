package signing

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// ErrSignature is returned for a token that none of the keys has signed.
var ErrSignature = errors.New("not signed by any of the keys")

// header is the part of a token's header that we look at (RFC 7515 4.1).
type header struct {
	Algorithm string          `json:"alg"`
	ID        string          `json:"kid"`
	Critical  json.RawMessage `json:"crit"`
}

// Verify returns the payload of a compact token that one of the keys has signed
// with one of the algorithms. A kid selects among keys that have one. The caller
// has to check the claims.
func Verify(token string, algorithms []string, keys []Public) ([]byte, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a compact token")
	}
	var h header
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || json.Unmarshal(head, &h) != nil {
		return nil, errors.New("the header of the token cannot be read")
	}
	if h.Critical != nil {
		return nil, ErrCritical
	}
	if !slices.ContainsFunc(algorithms, func(a string) bool { return Same(a, h.Algorithm) }) {
		return nil, fmt.Errorf("the algorithm of the token is %.20q and not one of %s", h.Algorithm, strings.Join(algorithms, ", "))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, errors.New("the payload of the token cannot be read")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, errors.New("the signature of the token cannot be read")
	}
	signed := parts[0] + "." + parts[1]
	for _, k := range keys {
		if k.fits(h) && jwt.GetSigningMethod(h.Algorithm).Verify(signed, signature, k.Key) == nil {
			return payload, nil
		}
	}
	return nil, ErrSignature
}

// fits reports whether the key may have signed a token with this header. Its
// algorithms are never those of shared secrets.
func (k Public) fits(h header) bool {
	return slices.Contains(k.Algorithms, h.Algorithm) && (h.ID == "" || k.ID == "" || h.ID == k.ID)
}

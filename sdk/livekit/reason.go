package livekit

import (
	"errors"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Reason is why a token was refused, in the words clients are shown after
// "Invalid LiveKit token: " (core-rest.md 1.8).
type Reason string

// Error is the text itself.
func (r Reason) Error() string { return string(r) }

// The reasons.
const (
	ErrSegments   Reason = "Not enough segments"
	ErrMalformed  Reason = "Invalid token"
	ErrAlgorithm  Reason = "The specified alg value is not allowed"
	ErrSignature  Reason = "Signature verification failed"
	ErrIssuer     Reason = "Invalid issuer"
	ErrExpired    Reason = "Signature has expired"
	ErrNotYet     Reason = "The token is not yet valid (nbf)"
	ErrNoExpiry   Reason = `Token is missing the "exp" claim`
	ErrNoIdentity Reason = "Token missing user identity"
	// ErrEnded: the meeting that the token was issued for is over.
	ErrEnded Reason = "The meeting is over"
	// ErrRemoved: the participant was removed from the meeting, and the removal
	// still lasts.
	ErrRemoved Reason = "The participant was removed"
	// ErrBodyHash: the webhook's token was made for another body.
	ErrBodyHash Reason = "Body hash does not match"
)

// reasonOf names what the parser found, the most serious first: form, algorithm,
// signature, then claims.
func reasonOf(token string, err error) Reason {
	is := func(target error) bool { return errors.Is(err, target) }
	switch {
	case strings.Count(token, ".") < 2:
		return ErrSegments
	case is(ErrAlgorithm):
		return ErrAlgorithm
	case is(jwt.ErrTokenMalformed), is(ErrMalformed):
		return ErrMalformed
	case is(jwt.ErrTokenSignatureInvalid), is(ErrSignature):
		return ErrSignature
	case is(jwt.ErrTokenUnverifiable): // only an unknown algorithm is left
		return ErrAlgorithm
	case is(jwt.ErrTokenRequiredClaimMissing):
		return ErrNoExpiry
	case is(jwt.ErrTokenNotValidYet):
		return ErrNotYet
	case is(jwt.ErrTokenExpired):
		return ErrExpired
	default:
		return ErrMalformed
	}
}

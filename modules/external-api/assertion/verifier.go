package assertion

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"foyer/sdk/module"
)

// Type is the value of client_assertion_type.
const Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const (
	// maxLife is the longest an assertion may be valid, and so how long it has to be
	// remembered.
	maxLife = time.Hour
	// leeway is how far an application's clock may be off.
	leeway = time.Minute
	// maxLength bounds an assertion, in bytes.
	maxLength = 8 << 10
)

// ErrWrong means that an assertion is not the application's, or no longer valid.
var ErrWrong = errors.New("invalid assertion")

// Once remembers what has been used; module.KV implements it.
type Once interface {
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
}

// Verifier checks assertions.
type Verifier struct {
	Once Once
	Now  func() time.Time // nil = time.Now
}

// claims are the claims of RFC 7523 3.
type claims struct{ jwt.RegisteredClaims }

// ClientID returns who an assertion claims to be from. Nothing in it has been verified.
func ClientID(text string) (string, error) {
	var c claims
	if len(text) > maxLength {
		return "", ErrWrong
	}
	if _, _, err := jwt.NewParser().ParseUnverified(text, &c); err != nil || c.Subject == "" || c.Issuer != c.Subject {
		return "", ErrWrong
	}
	return c.Subject, nil
}

// Check returns the id of the application's key that signed the assertion for one of the
// audiences, and uses the assertion up. app is nil when there is no such application;
// with no audiences every assertion is refused. The error is ErrWrong, or a failure of
// the store.
func (v *Verifier) Check(ctx context.Context, app *module.Application, text string, audiences []string) (uuid.UUID, error) {
	if len(text) > maxLength {
		return uuid.Nil, ErrWrong
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	worked := false
	for _, k := range keysOf(app) {
		var c claims
		signed, tried := signedBy(k.JWK, text, &c)
		worked = worked || tried
		if !signed {
			continue
		}
		if err := c.hold(app.ClientID, audiences, now()); err != nil {
			return uuid.Nil, err
		}
		return k.ID, v.use(ctx, app, c, now())
	}
	if !worked {
		spend(text)
	}
	return uuid.Nil, ErrWrong
}

func keysOf(app *module.Application) []module.ApplicationKey {
	if app == nil {
		return nil
	}
	return app.Keys
}

// hold checks who the assertion is from, whom it is for, and when it is valid.
func (c *claims) hold(clientID string, audiences []string, now time.Time) error {
	if len(audiences) == 0 { // the validator would take an empty list as "for anybody"
		return fmt.Errorf("%w: this server has no configured address to be meant by: set http.public_url", ErrWrong)
	}
	validator := jwt.NewValidator(
		jwt.WithIssuer(clientID), jwt.WithSubject(clientID), jwt.WithAudience(audiences...), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(func() time.Time { return now }))
	if err := validator.Validate(c); err != nil {
		return fmt.Errorf("%w: %w", ErrWrong, err)
	}
	if c.ExpiresAt.Sub(now) > maxLife+leeway {
		return fmt.Errorf("%w: it is good for more than %s", ErrWrong, maxLife)
	}
	if c.ID == "" {
		return fmt.Errorf("%w: it has no jti", ErrWrong)
	}
	return nil
}

// use remembers an assertion for as long as it stays valid.
func (v *Verifier) use(ctx context.Context, app *module.Application, c claims, now time.Time) error {
	sum := sha256.Sum256([]byte(app.ClientID + "\x00" + c.ID))
	fresh, err := v.Once.PutIfAbsent(ctx, "assertion:"+hex.EncodeToString(sum[:]), []byte{1}, c.ExpiresAt.Sub(now)+2*leeway)
	switch {
	case err != nil:
		return fmt.Errorf("remember an assertion: %w", err)
	case !fresh:
		return fmt.Errorf("%w: it was used before", ErrWrong)
	}
	return nil
}

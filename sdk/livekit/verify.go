package livekit

import (
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/conf"
	"foyer/sdk/signing"
)

const (
	// leeway is how far clocks may be apart (core-rest.md 1.8).
	leeway = time.Minute
	// tokenLimit bounds what is decoded, in bytes; tokens are below 2 KiB.
	tokenLimit = 16 << 10
)

// Claims are the parts of a verified participant token that we use.
type Claims struct {
	Identity string // sub, never empty
	Room     string // video.room, "" when the token names none
	// IssuedAt is nbf, the whole second of issue; the zero time without one.
	IssuedAt time.Time
}

// Verifier checks participant tokens.
type Verifier struct{ keyring keyring }

// NewVerifier accepts tokens that key signed with secret. Without a key or a
// secret nothing is accepted.
func NewVerifier(key string, secret conf.Secret) *Verifier {
	return &Verifier{keyring: newKeyring(Key{Key: key, Secret: secret})}
}

type participantClaims struct {
	jwt.RegisteredClaims
	Video struct {
		Room string `json:"room"`
	} `json:"video"`
}

// Verify checks form, HS256 signature, issuer, times (60 s leeway) and
// identity. The error is a Reason.
func (v *Verifier) Verify(token string) (Claims, error) {
	var c participantClaims
	if err := v.keyring.verify(token, &c, &c.RegisteredClaims); err != nil {
		return Claims{}, err
	}
	if c.Subject == "" {
		return Claims{}, ErrNoIdentity
	}
	claims := Claims{Identity: c.Subject, Room: c.Video.Room}
	if c.NotBefore != nil {
		claims.IssuedAt = c.NotBefore.UTC()
	}
	return claims, nil
}

// Key is one LiveKit API key and its secret.
type Key struct {
	Key    string
	Secret conf.Secret
}

// keyring holds the accepted secrets, by key. A key may have several secrets
// while one is being replaced.
type keyring struct {
	secrets map[string][]jwt.VerificationKey
	any     []jwt.VerificationKey
	parser  *jwt.Parser
}

func newKeyring(keys ...Key) keyring {
	k := keyring{
		secrets: make(map[string][]jwt.VerificationKey, len(keys)),
		parser:  jwt.NewParser(jwt.WithLeeway(leeway), jwt.WithExpirationRequired()),
	}
	for _, x := range keys {
		if x.Key == "" || x.Secret.IsZero() {
			continue // anybody could sign with an empty secret
		}
		secret := []byte(x.Secret.Reveal())
		k.secrets[x.Key] = append(k.secrets[x.Key], secret)
		k.any = append(k.any, secret)
	}
	return k
}

// verify decodes token into claims; registered points into them.
func (k keyring) verify(token string, claims jwt.Claims, registered *jwt.RegisteredClaims) error {
	if len(token) > tokenLimit {
		return ErrMalformed
	}
	_, err := k.parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		if signing.Critical(t) != nil {
			return nil, ErrMalformed
		}
		if t.Method != jwt.SigningMethodHS256 {
			return nil, ErrAlgorithm
		}
		if len(k.any) == 0 {
			return nil, ErrSignature
		}
		// The signature is checked before the issuer, so a token of an unknown
		// issuer is tried against every secret.
		if s := k.secrets[registered.Issuer]; len(s) > 0 {
			return jwt.VerificationKeySet{Keys: s}, nil
		}
		return jwt.VerificationKeySet{Keys: k.any}, nil
	})
	if err != nil {
		return reasonOf(token, err)
	}
	if len(k.secrets[registered.Issuer]) == 0 {
		return ErrIssuer
	}
	return nil
}

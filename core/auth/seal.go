package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"foyer/sdk/conf"
)

// seal encrypts, for one purpose, what is kept outside our memory, so that a copy
// of the database reveals no id tokens, and a browser no secrets of its pending
// login.
type seal struct {
	aead    cipher.AEAD
	purpose string
}

// newSeal derives a key of its own for the purpose.
func newSeal(key conf.Secret, purpose string) (*seal, error) {
	if key.IsZero() {
		return nil, errors.New("secrets.key: needed to seal sessions")
	}
	k, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key of %s: %w", purpose, err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, fmt.Errorf("cipher of %s: %w", purpose, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cipher of %s: %w", purpose, err)
	}
	return &seal{aead: aead, purpose: purpose}, nil
}

// close seals data; it can only be opened in the same place.
func (s *seal) close(data []byte, place string) []byte {
	// The cipher generates its own random nonce and takes none.
	return s.aead.Seal(nil, nil, data, []byte(s.purpose+"\n"+place)) //nolint:gosec // see above
}

// open returns the data and whether it was sealed with this key, for this purpose
// and place.
func (s *seal) open(data []byte, place string) ([]byte, bool) {
	out, err := s.aead.Open(nil, nil, data, []byte(s.purpose+"\n"+place))
	return out, err == nil
}

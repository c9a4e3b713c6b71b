package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"foyer/core/module/conf"
)

// sealVersion is bound into sealed data: change it with the form of a session,
// and old sessions become unknown instead of misread.
const sealVersion = "foyer session 1"

// seal encrypts session data, so that a copy of the database does not hold id
// tokens and the secrets of logins under way.
type seal struct{ aead cipher.AEAD }

func newSeal(key conf.Secret) (*seal, error) {
	if key.IsZero() {
		return nil, errors.New("secrets.key: needed to seal sessions")
	}
	k, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, sealVersion, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the session key: %w", err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, fmt.Errorf("session cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("session cipher: %w", err)
	}
	return &seal{aead: aead}, nil
}

func (s *seal) close(data []byte) []byte {
	// The cipher makes its own random nonce and takes none.
	return s.aead.Seal(nil, nil, data, []byte(sealVersion)) //nolint:gosec // see above
}

// open tells whether data was sealed with this key and version.
func (s *seal) open(data []byte) ([]byte, bool) {
	out, err := s.aead.Open(nil, nil, data, []byte(sealVersion))
	return out, err == nil
}

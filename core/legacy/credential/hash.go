package credential

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // one of the layouts that are read, never written
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

const (
	// ManyRounds is what the replaced server writes.
	ManyRounds = 1_000_000
	// FewRounds is enough for a secret that Strong accepts.
	FewRounds = 1_000
	// maxRounds limits the work that a stored text can cause.
	maxRounds = 10_000_000

	saltLength = 22
	alphabet   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// ErrUnknown is a text that is not a hash we can check; it matches no secret.
var ErrUnknown = errors.New("unknown form of hash")

// Hash is a stored secret, parsed.
type Hash struct {
	rounds int
	salt   string
	digest []byte
	sum    func() hash.Hash
}

// Parse parses a stored text: pbkdf2_sha256, or pbkdf2_sha1, which the replaced
// server reads too.
func Parse(text string) (Hash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 4 {
		return Hash{}, ErrUnknown
	}
	h := Hash{salt: parts[2]}
	size := sha256.Size
	switch parts[0] {
	case "pbkdf2_sha256":
		h.sum = sha256.New
	case "pbkdf2_sha1":
		h.sum, size = sha1.New, sha1.Size
	default:
		return Hash{}, ErrUnknown
	}
	var err error
	if h.rounds, err = strconv.Atoi(parts[1]); err != nil || h.rounds < 1 || h.rounds > maxRounds {
		return Hash{}, ErrUnknown
	}
	if h.digest, err = base64.StdEncoding.DecodeString(parts[3]); err != nil || len(h.digest) != size {
		return Hash{}, ErrUnknown
	}
	return h, nil
}

// Rounds is the work factor of one check.
func (h Hash) Rounds() int { return h.rounds }

// Matches reports whether the secret is the one that was hashed, in time
// independent of how much of it is right.
func (h Hash) Matches(secret string) bool {
	got, err := pbkdf2.Key(h.sum, secret, []byte(h.salt), h.rounds, len(h.digest))
	return err == nil && subtle.ConstantTimeCompare(got, h.digest) == 1
}

// Make hashes a secret with a fresh salt.
func Make(secret string, rounds int) (string, error) {
	salt, err := Random(saltLength)
	if err != nil {
		return "", err
	}
	digest, err := pbkdf2.Key(sha256.New, secret, []byte(salt), rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash a secret: %w", err)
	}
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", rounds, salt, base64.StdEncoding.EncodeToString(digest)), nil
}

// Spend does the work of that many rounds and discards the result.
func Spend(secret string, rounds int) {
	if rounds > 0 {
		_, _ = pbkdf2.Key(sha256.New, secret, []byte(alphabet[:saltLength]), rounds, sha256.Size)
	}
}

// Random returns random letters and digits, drawn uniformly.
func Random(length int) (string, error) {
	out := make([]byte, 0, length)
	buf := make([]byte, length+length/4+8)
	for len(out) < length {
		if _, err := rand.Read(buf); err != nil {
			return "", fmt.Errorf("draw random text: %w", err)
		}
		for _, b := range buf {
			// 248 is the largest multiple of 62 in a byte.
			if int(b) < 4*len(alphabet) && len(out) < length {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out), nil
}

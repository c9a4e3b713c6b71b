package lobby

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/module/conf"
)

// identities makes the ids of those who come to the lobby, which are also the
// identities of guests at the media server, and recognises its own.
//
// A browser sends its id in a cookie, which anybody may write. If every UUID
// were taken, a guest could enter as an account whose subject is one, and act
// as that account with the token. So an id is a UUID version 4 of which one half
// is random and the other half says that we chose the first.
type identities struct{ key []byte }

func newIdentities(key conf.Secret) (identities, error) {
	k, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, "foyer lobby identity 1", 32)
	if err != nil {
		return identities{}, fmt.Errorf("derive the lobby's key: %w", err)
	}
	return identities{k}, nil
}

// make makes a new id.
func (i identities) make() uuid.UUID {
	var id uuid.UUID
	_, _ = rand.Read(id[:8]) // never fails
	id[6] = id[6]&0x0f | 0x40
	return i.sealed(id)
}

// sealed is id with its second half as it has to be.
func (i identities) sealed(id uuid.UUID) uuid.UUID {
	mac := hmac.New(sha256.New, i.key)
	mac.Write(id[:8])
	copy(id[8:], mac.Sum(nil))
	id[8] = id[8]&0x3f | 0x80
	return id
}

// read recognises an id in the form in which it was given out.
func (i identities) read(text string) (uuid.UUID, bool) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text || id.Version() != 4 {
		return uuid.Nil, false
	}
	want := i.sealed(id)
	return id, hmac.Equal(id[:], want[:])
}

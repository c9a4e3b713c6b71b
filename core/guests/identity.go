package guests

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"foyer/sdk/conf"
)

// Guests issues ids and cookies, and recognises its own. It is safe for
// concurrent use.
//
// An id is public: it is the guest's identity on the media server. It is a
// version 4 UUID of which one half is random and the other proves that we chose
// the first. No text from outside can pass for an id: an account's subject may be
// a UUID too, and a guest's token with it would act as that account.
type Guests struct{ ids, cookies []byte }

// New derives the keys from one that replicas share.
func New(key conf.Secret) (*Guests, error) {
	g := &Guests{}
	for purpose, k := range map[string]*[]byte{"identity": &g.ids, "cookie": &g.cookies} {
		derived, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, "foyer lobby "+purpose+" 1", 32)
		if err != nil {
			return nil, fmt.Errorf("derive the key of guests' %s: %w", purpose, err)
		}
		*k = derived
	}
	return g, nil
}

// NewID returns an id for somebody new.
func (g *Guests) NewID() string {
	var id uuid.UUID
	_, _ = rand.Read(id[:8]) // never fails
	id[6] = id[6]&0x0f | 0x40
	return g.sealed(id).String()
}

// sealed is id with the second half that belongs to the first.
func (g *Guests) sealed(id uuid.UUID) uuid.UUID {
	mac := hmac.New(sha256.New, g.ids)
	mac.Write(id[:8])
	copy(id[8:], mac.Sum(nil))
	id[8] = id[8]&0x3f | 0x80
	return id
}

// GaveOut reports whether text is an id of ours, in the form in which it was
// issued. It says nothing about who sends it.
func (g *Guests) GaveOut(text string) bool {
	_, ok := g.read(text)
	return ok
}

func (g *Guests) read(text string) (uuid.UUID, bool) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text || id.Version() != 4 {
		return uuid.Nil, false
	}
	want := g.sealed(id)
	return id, hmac.Equal(id[:], want[:])
}

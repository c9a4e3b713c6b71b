package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
)

// fingerprint stands in for texts that are never stored.
type fingerprint [sha256.Size]byte

// warmLimit is the most fingerprints kept per generation.
const warmLimit = 2048

// warm remembers pairs of a stored hash and the secret that matches it. Its key exists
// only in this process: a fingerprint is useless to anybody else.
type warm struct {
	key        [32]byte
	mu         sync.Mutex
	young, old map[fingerprint]bool
}

func newWarm() *warm {
	w := &warm{young: map[fingerprint]bool{}}
	_, _ = rand.Read(w.key[:]) // never fails
	return w
}

// of returns the fingerprint of a list of texts. Each is preceded by its length, so that
// no two lists collide.
func (w *warm) of(texts ...string) (f fingerprint) {
	m := hmac.New(sha256.New, w.key[:])
	for _, t := range texts {
		n := len(t)
		m.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		m.Write([]byte(t))
	}
	m.Sum(f[:0])
	return f
}

func (w *warm) has(f fingerprint) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.young[f] {
		return true
	}
	if w.old[f] {
		w.put(f)
		return true
	}
	return false
}

func (w *warm) add(f fingerprint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.put(f)
}

// put keeps what was used recently when there are too many.
func (w *warm) put(f fingerprint) {
	if len(w.young) >= warmLimit {
		w.old, w.young = w.young, map[fingerprint]bool{}
	}
	w.young[f] = true
}

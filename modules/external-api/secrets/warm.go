package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
)

// fingerprint stands for texts that are never kept.
type fingerprint [sha256.Size]byte

// warmLimit bounds a generation of fingerprints.
const warmLimit = 2048

// warm remembers pairs of a stored hash and the secret that fits it. Its key is
// this process's own: a fingerprint is of no use to anybody else.
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

// of makes a fingerprint of texts, each with its length, so that no two lists
// of texts are alike.
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

// put keeps what was used lately when there is too much.
func (w *warm) put(f fingerprint) {
	if len(w.young) >= warmLimit {
		w.old, w.young = w.young, map[fingerprint]bool{}
	}
	w.young[f] = true
}

package origin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// keySize is the size of an AES-256 key, in bytes.
const keySize = 32

// spare is how much longer a token is kept than the tokens that name it, since
// replicas' clocks differ.
const spare = 5 * time.Minute

// errGone: the token is no longer kept, or the name is not one of ours.
var errGone = errors.New("the token that this one was exchanged for is not known")

// KV keeps expiring values by key; module.KV does.
type KV interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
}

// Keeper keeps tokens and asks about them.
type Keeper struct {
	KV       KV
	Provider bearer.Introspector
}

// Keep stores one of the provider's tokens until then and returns the name that
// opens it.
func (k *Keeper) Keep(ctx context.Context, token string, until time.Time) (name string, err error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	box, err := boxOf(key)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce)
	sealed := box.Seal(nonce, nonce, []byte(token), nil)
	if err := k.KV.Put(ctx, place(key), sealed, time.Until(until)+spare); err != nil {
		return "", fmt.Errorf("keep the token that another is exchanged for: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(key), nil
}

func (k *Keeper) Good(ctx context.Context, name string) error {
	token, err := k.open(ctx, name)
	if err != nil {
		return err
	}
	_, err = k.Provider.Introspect(ctx, token)
	return err
}

func (k *Keeper) open(ctx context.Context, name string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(name)
	if err != nil || len(key) != keySize {
		return "", gone(err)
	}
	sealed, err := k.KV.Get(ctx, place(key))
	if errors.Is(err, module.ErrNotFound) {
		return "", gone(err)
	}
	if err != nil {
		return "", fmt.Errorf("look up the token that another was exchanged for: %w", err)
	}
	box, err := boxOf(key)
	if err != nil {
		return "", err
	}
	n := box.NonceSize()
	if len(sealed) < n {
		return "", gone(nil)
	}
	token, err := box.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return "", gone(err)
	}
	return string(token), nil
}

// gone is a refusal: what is not known to be good is not good.
func gone(cause error) error { return reply.Unauthenticated().Because(errors.Join(errGone, cause)) }

func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal a token: %w", err)
	}
	return cipher.NewGCM(block)
}

// place is where the token of a key is stored.
func place(key []byte) string {
	sum := sha256.Sum256(key)
	return "origin:" + hex.EncodeToString(sum[:])
}

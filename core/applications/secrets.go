package applications

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/signing"
)

// Rotation is how a new secret takes over.
type Rotation struct {
	Expires  *time.Time // when the new one expires, nil = never
	OldUntil time.Time  // when the old ones expire at the latest; now or earlier = at once
}

// Rotate gives an application a new secret, which cannot be shown again.
// store.ErrNotFound if there is no such application; an invalid expiry is a
// *module.FieldError.
func (s Service) Rotate(ctx context.Context, id uuid.UUID, r Rotation) (next store.ApplicationSecret, secret conf.Secret, err error) {
	if err := checkEnd(r.Expires); err != nil {
		return next, secret, err
	}
	secret, hash, err := s.newSecret()
	if err != nil {
		return next, conf.Secret{}, err
	}
	err = s.about(ctx, id, "rotate", func(tx *store.Tx) (string, error) {
		next, err = tx.RotateSecret(ctx, id, store.ApplicationSecret{Hash: hash, ExpiresAt: r.Expires}, r.OldUntil)
		return next.ID.String(), err
	})
	if err != nil {
		return store.ApplicationSecret{}, conf.Secret{}, err
	}
	next.Hash = ""
	return next, secret, nil
}

// AddKey gives an application a public key to sign with: a JSON Web Key or PEM
// text, of which nothing private is kept. store.ErrNotFound if there is no such
// application; an invalid key is a signing.ErrClientKey, an invalid expiry a
// *module.FieldError.
func (s Service) AddKey(ctx context.Context, id uuid.UUID, text []byte, expires *time.Time) (k store.ApplicationKey, err error) {
	public, err := signing.ReadClientKey(text)
	if err = errors.Join(err, checkEnd(expires)); err != nil {
		return k, err
	}
	err = s.about(ctx, id, "key.add", func(tx *store.Tx) (string, error) {
		k, err = tx.AddApplicationKey(ctx, id, store.ApplicationKey{JWK: public, ExpiresAt: expires})
		return k.ID.String(), err
	})
	return k, err
}

// RemoveKey removes a key. store.ErrNotFound if there is no such key.
func (s Service) RemoveKey(ctx context.Context, id, key uuid.UUID) error {
	return s.about(ctx, id, "key.remove", func(tx *store.Tx) (string, error) {
		return key.String(), tx.RemoveApplicationKey(ctx, id, key)
	})
}

// withoutHashes is an application as its administrators see it: hashes are only
// for those who check secrets.
func withoutHashes(a store.Application) store.Application {
	a.Secrets = slices.Clone(a.Secrets)
	for i := range a.Secrets {
		a.Secrets[i].Hash = ""
	}
	return a
}

// about does something to an application that exists, and stores the line of the
// audit log along with it, about the object that do names.
func (s Service) about(ctx context.Context, id uuid.UUID, action string, do func(*store.Tx) (object string, err error)) error {
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		object, err := do(tx)
		if err != nil {
			return err
		}
		a, err := tx.ApplicationByID(ctx, id)
		if err != nil {
			return fmt.Errorf("%s of application %s: %w", action, id, err)
		}
		return tx.AppendAudit(ctx, done(ctx, action, a, object))
	})
}

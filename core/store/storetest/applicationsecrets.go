package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func applicationSecrets(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), time.Now()
	a := application(t, s, "rotating")
	first := a.Secrets[0]
	hashes := func(t *testing.T) []string {
		t.Helper()
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		var list []string
		for _, x := range got.Secrets {
			list = append(list, x.Hash)
		}
		return list
	}

	t.Run("a rotation keeps the old secret for a while", func(t *testing.T) {
		until := now.Add(time.Hour)
		second, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "second"}, until)
		require.NoError(t, err)
		require.NotEqual(t, first.ID, second.ID)
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		require.Len(t, got.Secrets, 2)
		require.Equal(t, second, got.Secrets[0])
		require.Equal(t, first.ID, got.Secrets[1].ID, "the secret is still the same one")
		require.Equal(t, first.CreatedAt, got.Secrets[1].CreatedAt)
		require.Equal(t, until.UTC().Truncate(time.Microsecond), *got.Secrets[1].ExpiresAt)
		require.True(t, got.UpdatedAt.After(a.UpdatedAt))
	})

	t.Run("a further one shortens the others' time and never lengthens it", func(t *testing.T) {
		_, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "third", ExpiresAt: ptr(now.Add(time.Minute))}, now.Add(2*time.Hour))
		require.NoError(t, err)
		_, err = s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "fourth"}, now.Add(30*time.Minute))
		require.NoError(t, err)
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		ends := map[string]time.Duration{}
		for _, x := range got.Secrets[1:] {
			ends[x.Hash] = x.ExpiresAt.Sub(now.UTC()).Round(time.Second)
		}
		require.Equal(t, map[string]time.Duration{"hash of rotating": 30 * time.Minute, "second": 30 * time.Minute, "third": time.Minute}, ends)
	})

	t.Run("without overlap the others are gone at once", func(t *testing.T) {
		_, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "fifth"}, now.Add(-time.Hour))
		require.NoError(t, err)
		require.Equal(t, []string{"fifth"}, hashes(t))
		_, err = s.RotateSecret(ctx, uuid.New(), store.ApplicationSecret{Hash: "x"}, now)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("a hash is renewed once, whichever secret it is of", func(t *testing.T) {
		_, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "sixth"}, now.Add(time.Hour))
		require.NoError(t, err)
		before, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		for i, hash := range []string{"sixth", "fifth"} {
			for _, want := range []bool{true, false} {
				done, err := s.RenewSecret(ctx, a.ID, before.Secrets[i].ID, hash, hash+" renewed")
				require.NoError(t, err)
				require.Equal(t, want, done, hash)
			}
		}
		require.Equal(t, []string{"sixth renewed", "fifth renewed"}, hashes(t))
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, before.UpdatedAt, got.UpdatedAt)
	})

	t.Run("a renewal comes too late for a secret that was rotated away", func(t *testing.T) {
		before, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		_, err = s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "seventh"}, now.Add(time.Hour))
		require.NoError(t, err)
		done, err := s.RenewSecret(ctx, a.ID, before.Secrets[0].ID, "sixth renewed", "sixth again")
		require.NoError(t, err)
		require.True(t, done, "it moved, and is still itself")
		require.Equal(t, "seventh", hashes(t)[0])
	})

	t.Run("live hashes are those of all secrets that have not ended", func(t *testing.T) {
		b := application(t, s, "ending")
		_, err := s.RotateSecret(ctx, b.ID, store.ApplicationSecret{Hash: "ends", ExpiresAt: ptr(now.Add(time.Minute))}, now.Add(2*time.Minute))
		require.NoError(t, err)
		for after, want := range map[time.Duration][]string{
			0: {"ends", "hash of ending"}, time.Minute: {"hash of ending"}, 2 * time.Minute: nil,
		} {
			found, err := s.LiveSecretHashes(ctx, now.Add(after))
			require.NoError(t, err)
			require.ElementsMatch(t, want, found[b.ID])
			require.Contains(t, found[a.ID], "seventh")
		}
	})

	t.Run("keys come and go", func(t *testing.T) {
		k, err := s.AddApplicationKey(ctx, a.ID, store.ApplicationKey{JWK: []byte(`{"kty":"OKP"}`), ExpiresAt: &moment})
		require.NoError(t, err)
		got, err := s.ApplicationByClientID(ctx, "rotating")
		require.NoError(t, err)
		require.Equal(t, []store.ApplicationKey{k}, got.Keys)
		require.Len(t, got.Secrets, 3)
		require.ErrorIs(t, s.RemoveApplicationKey(ctx, uuid.New(), k.ID), store.ErrNotFound, "another's key")
		require.NoError(t, s.RemoveApplicationKey(ctx, a.ID, k.ID))
		require.ErrorIs(t, s.RemoveApplicationKey(ctx, a.ID, k.ID), store.ErrNotFound)
		_, err = s.AddApplicationKey(ctx, uuid.New(), store.ApplicationKey{JWK: []byte(`{}`)})
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

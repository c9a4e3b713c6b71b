package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// audited tests that a change of an application and its line in the audit log are
// one: a program that dies in between leaves neither, and so does a line that
// cannot be stored.
func audited(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a := application(t, s, "audited", "rooms:list")
	k, err := s.AddApplicationKey(ctx, a.ID, store.ApplicationKey{JWK: []byte(`{"kty":"OKP"}`)})
	require.NoError(t, err)
	before, err := s.ApplicationByID(ctx, a.ID)
	require.NoError(t, err)
	changes := map[string]func(*store.Tx) error{
		"create": func(tx *store.Tx) error {
			_, err := tx.CreateApplication(ctx, store.Application{Name: "n", ClientID: "fresh", Secrets: []store.ApplicationSecret{{Hash: "h"}}})
			return err
		},
		"change": func(tx *store.Tx) error {
			_, err := tx.ChangeApplication(ctx, a.ID, func(x *store.Application) error {
				x.Name, x.IsActive, x.Scopes, x.Domains = "other", false, []string{"rooms:create"}, []string{"example.org"}
				return nil
			})
			return err
		},
		"rotate": func(tx *store.Tx) error {
			_, err := tx.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "h"}, time.Now().Add(time.Hour))
			return err
		},
		"add a key": func(tx *store.Tx) error {
			_, err := tx.AddApplicationKey(ctx, a.ID, store.ApplicationKey{JWK: []byte(`{}`)})
			return err
		},
		"remove a key": func(tx *store.Tx) error { return tx.RemoveApplicationKey(ctx, a.ID, k.ID) },
		"delete":       func(tx *store.Tx) error { return tx.DeleteApplication(ctx, a.ID) },
	}
	try := func(change func(*store.Tx) error) error {
		return s.InTx(ctx, func(tx *store.Tx) error {
			require.NoError(t, change(tx))
			return tx.AppendAudit(ctx, store.AuditEntry{Action: "application.change", Application: a.ID})
		})
	}
	for name, change := range changes {
		execute(t, s, `ALTER TABLE foyer_audit RENAME TO foyer_audit_away`)
		require.Error(t, try(change), name)
		execute(t, s, `ALTER TABLE foyer_audit_away RENAME TO foyer_audit`)
		list, err := s.Applications(ctx)
		require.NoError(t, err)
		require.Equal(t, []store.Application{before}, list, name)
		require.Zero(t, count(t, s, "foyer_audit"))
	}
	require.NoError(t, try(changes["delete"]))
	require.Zero(t, count(t, s, "meet_application"))
	require.Equal(t, 1, count(t, s, "foyer_audit"))
}

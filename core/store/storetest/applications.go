package storetest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// application stores an active application with one secret.
func application(t *testing.T, s *store.Store, clientID string, scopes ...string) store.Application {
	t.Helper()
	a, err := s.CreateApplication(t.Context(), store.Application{
		Name: "App " + clientID, ClientID: clientID, IsActive: true, Scopes: scopes,
		Secrets: []store.ApplicationSecret{{Hash: "hash of " + clientID}},
	})
	require.NoError(t, err)
	return a
}

func applications(t *testing.T, s *store.Store) {
	ctx := t.Context()

	t.Run("every field comes back", func(t *testing.T) {
		want, err := s.CreateApplication(ctx, store.Application{
			Name: "Calendar", ClientID: "calendar", IsActive: true, RequireDomains: true,
			Scopes:    []string{"rooms:create", "rooms:list:all", "rooms:list"},
			Domains:   []string{"example.org", "deep.sub.example.com"},
			Addresses: []string{"192.0.2.0/24", "2001:db8::/32"},
			Secrets:   []store.ApplicationSecret{{Hash: "pbkdf2_sha256$1$a$b", ExpiresAt: &moment}},
		})
		require.NoError(t, err)
		for name, find := range map[string]func() (store.Application, error){
			"id":     func() (store.Application, error) { return s.ApplicationByID(ctx, want.ID) },
			"client": func() (store.Application, error) { return s.ApplicationByClientID(ctx, "calendar") },
		} {
			got, err := find()
			require.NoError(t, err, name)
			require.Equal(t, []string{"rooms:create", "rooms:list", "rooms:list:all"}, got.Scopes, "what both servers know comes first")
			require.Equal(t, []string{"deep.sub.example.com", "example.org"}, got.Domains)
			got.Scopes = want.Scopes
			require.Equal(t, want, got, name)
			require.Equal(t, moment.UTC(), *got.Secrets[0].ExpiresAt)
		}
	})

	t.Run("a new application has nothing", func(t *testing.T) {
		a := application(t, s, "bare")
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		require.Empty(t, got.Scopes)
		require.Empty(t, got.Domains)
		require.Empty(t, got.Addresses)
		require.False(t, got.RequireDomains)
		require.Len(t, got.Secrets, 1)
		require.Empty(t, got.Keys)
	})

	t.Run("a client id is compared exactly and is one application's", func(t *testing.T) {
		for _, id := range []string{"CALENDAR", "calendar ", "", "calenda_"} {
			_, err := s.ApplicationByClientID(ctx, id)
			require.ErrorIs(t, err, store.ErrNotFound, id)
		}
		_, err := s.CreateApplication(ctx, store.Application{Name: "x", ClientID: "calendar", Secrets: []store.ApplicationSecret{{Hash: "h"}}})
		conflicts(t, err, "client_id")
	})

	t.Run("what cannot be kept is refused whole", func(t *testing.T) {
		before := count(t, s, "meet_application")
		for name, a := range map[string]store.Application{
			"a scope with a comma": {Scopes: []string{"a,b"}}, "an empty scope": {Scopes: []string{""}},
			"no word": {Scopes: []string{"NULL"}}, "a long name": {Name: strings.Repeat("x", 256)},
			"a long domain": {Domains: []string{strings.Repeat("x", 254)}},
		} {
			a.ClientID, a.Secrets = name, []store.ApplicationSecret{{Hash: "h"}}
			_, err := s.CreateApplication(ctx, a)
			require.ErrorIs(t, err, store.ErrInvalid, name)
		}
		_, err := s.CreateApplication(ctx, store.Application{ClientID: "no secret"})
		require.ErrorIs(t, err, store.ErrInvalid)
		require.Equal(t, before, count(t, s, "meet_application"))
		require.Equal(t, before, count(t, s, "foyer_application"))
	})

	t.Run("they are listed by name with all they have", func(t *testing.T) {
		a := application(t, s, "aaa", "rooms:create")
		_, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "second"}, time.Now().Add(time.Hour))
		require.NoError(t, err)
		list, err := s.Applications(ctx)
		require.NoError(t, err)
		names := []string{}
		for _, x := range list {
			names = append(names, x.Name)
			one, err := s.ApplicationByID(ctx, x.ID)
			require.NoError(t, err)
			require.Equal(t, one, x)
		}
		require.Equal(t, []string{"App aaa", "App bare", "Calendar"}, names)
		require.Len(t, list[0].Secrets, 2)
	})
}

func applicationChanges(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a := application(t, s, "changing", "rooms:create")

	t.Run("what changes is stored, the rest stays", func(t *testing.T) {
		got, err := s.ChangeApplication(ctx, a.ID, func(x *store.Application) error {
			x.Scopes = append(x.Scopes, "rooms:list:all", "rooms:delete")
			x.Domains = []string{"Example.org", "other.example"}
			x.Addresses, x.RequireDomains = []string{"192.0.2.1/32"}, true
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []string{"rooms:create", "rooms:delete", "rooms:list:all"}, got.Scopes)
		require.Equal(t, []string{"example.org", "other.example"}, got.Domains)
		require.True(t, got.UpdatedAt.After(a.UpdatedAt))
		require.Equal(t, a.Secrets, got.Secrets)
		require.Equal(t, a.ClientID, got.ClientID)

		got, err = s.ChangeApplication(ctx, a.ID, func(x *store.Application) error {
			x.IsActive, x.Domains, x.Scopes = false, x.Domains[1:], nil
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []string{"other.example"}, got.Domains)
		require.Empty(t, got.Scopes)
		require.False(t, got.IsActive)
		require.Equal(t, []string{"192.0.2.1/32"}, got.Addresses)
	})

	t.Run("a change that is refused changes nothing", func(t *testing.T) {
		before, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		_, err = s.ChangeApplication(ctx, a.ID, func(x *store.Application) error { x.Name = "no"; return store.ErrInvalid })
		require.ErrorIs(t, err, store.ErrInvalid)
		_, err = s.ChangeApplication(ctx, a.ID, func(x *store.Application) error { x.Domains = []string{"a.example", "a.example"}; return nil })
		require.Error(t, err, "one domain twice")
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, before, got)
		_, err = s.ChangeApplication(ctx, uuid.New(), func(*store.Application) error { return nil })
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("changes at once are all kept", func(t *testing.T) {
		scopes := []string{"a", "b", "c", "d", "e", "f"}
		errs := make([]error, len(scopes))
		var wg sync.WaitGroup
		for i, scope := range scopes {
			wg.Go(func() {
				_, errs[i] = s.ChangeApplication(ctx, a.ID, func(x *store.Application) error {
					x.Scopes = append(x.Scopes, scope)
					return nil
				})
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		got, err := s.ApplicationByID(ctx, a.ID)
		require.NoError(t, err)
		require.ElementsMatch(t, scopes, got.Scopes)
	})

	t.Run("what is deleted leaves its lines in the audit log", func(t *testing.T) {
		_, err := s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "x"}, time.Now().Add(time.Hour))
		require.NoError(t, err)
		_, err = s.AddApplicationKey(ctx, a.ID, store.ApplicationKey{JWK: []byte(`{}`)})
		require.NoError(t, err)
		require.NoError(t, s.AppendAudit(ctx, store.AuditEntry{Action: "token.issue", Application: a.ID}))
		require.NoError(t, s.DeleteApplication(ctx, a.ID))
		for _, table := range []string{"meet_application", "meet_application_domain", "foyer_application", "foyer_application_secret", "foyer_application_key"} {
			require.Zero(t, count(t, s, table), table)
		}
		require.Equal(t, 1, count(t, s, "foyer_audit"))
		require.ErrorIs(t, s.DeleteApplication(ctx, a.ID), store.ErrNotFound)
	})
}

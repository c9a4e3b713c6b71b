package applications_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/core/store"
	"foyer/sdk/module"
)

// publicKey returns a key as openssl writes it.
func publicKey(t *testing.T) []byte {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// change is one way to change an application, and what it leaves behind.
type change struct {
	about string
	do    func(ctx context.Context, w *world, id uuid.UUID) error
	lines []string // of the audit log, action and object
	told  []string // names of the changed fields
}

func changes(t *testing.T) []change {
	alter := func(c applications.Change) func(context.Context, *world, uuid.UUID) error {
		return func(ctx context.Context, w *world, id uuid.UUID) error { _, err := w.Change(ctx, id, c); return err }
	}
	key := publicKey(t)
	return []change{
		{"rename", alter(applications.Change{Name: ptr(" New name ")}), []string{"application.rename New name"}, []string{"name"}},
		{"disable", alter(applications.Change{Active: ptr(false)}), []string{"application.disable "}, []string{"active"}},
		{"grant", alter(applications.Change{Grant: applications.Rights{
			Scopes: []string{"rooms:create"}, Domains: []string{"Example.COM"}, Addresses: []string{"192.0.2.7"}, RequireDomains: true,
		}}), []string{"application.grant rooms:create example.com 192.0.2.7/32 require-domains"}, []string{"scopes", "domains", "require_domains", "addresses"}},
		{"revoke", alter(applications.Change{Revoke: applications.Rights{Scopes: []string{"rooms:list"}}}),
			[]string{"application.revoke rooms:list"}, []string{"scopes"}},
		{"all at once", alter(applications.Change{
			Name: ptr("Other"), Active: ptr(true), Revoke: applications.Rights{Domains: []string{"example.org"}},
			Grant: applications.Rights{Domains: []string{"example.net"}},
		}), []string{"application.rename Other", "application.revoke example.org", "application.grant example.net", "application.enable "},
			[]string{"name", "domains"}},
		{"rotate", func(ctx context.Context, w *world, id uuid.UUID) error {
			_, _, err := w.Rotate(ctx, id, applications.Rotation{OldUntil: time.Now().Add(time.Hour)})
			return err
		}, []string{"application.rotate SECRET"}, []string{"secrets"}},
		{"add a key", func(ctx context.Context, w *world, id uuid.UUID) error {
			_, err := w.AddKey(ctx, id, key, nil)
			return err
		}, []string{"application.key.add KEY"}, []string{"keys"}},
		{"remove a key", func(ctx context.Context, w *world, id uuid.UUID) error {
			a, err := w.store.ApplicationByID(ctx, id)
			if err != nil || len(a.Keys) == 0 {
				return store.ErrNotFound
			}
			return w.RemoveKey(ctx, id, a.Keys[0].ID)
		}, []string{"application.key.remove KEY"}, []string{"keys"}},
		{"delete", func(ctx context.Context, w *world, id uuid.UUID) error { _, err := w.Delete(ctx, id); return err },
			[]string{"application.delete App"}, nil},
		{"create", func(ctx context.Context, w *world, _ uuid.UUID) error {
			_, _, err := w.Create(ctx, applications.NewApplication{Name: "Fresh", Rights: applications.Rights{Scopes: []string{"rooms:list"}}})
			return err
		}, []string{"application.create rooms:list"}, nil},
	}
}

// An operator at the command line has no account; one at the console has.
func TestChanges_leave_a_line_in_the_audit_log_and_an_event_with_whoever_made_them(t *testing.T) {
	onBoth(t, func(w *world) {
		user := uuid.New()
		console := module.WithRequestID(module.WithCaller(w.Context(), &module.Caller{UserID: user, Address: "192.0.2.1"}), "request")
		for by, ctx := range map[uuid.UUID]context.Context{uuid.Nil: w.Context(), user: console} {
			for _, c := range changes(w.T) {
				a := w.create("App")
				if c.about == "remove a key" {
					_, err := w.AddKey(w.Context(), a.ID, publicKey(w.T), nil)
					require.NoError(w, err)
				}
				before := w.state()
				require.NoError(w, c.do(ctx, w, a.ID), c.about)
				after := w.state()
				fresh := after.lines[:len(after.lines)-len(before.lines)] // newest first
				slices.Reverse(fresh)
				require.Len(w, fresh, len(c.lines), c.about)
				for i, line := range fresh {
					want := store.AuditEntry{ID: line.ID, At: line.At, Action: line.Action, Outcome: "ok", ClientID: a.ClientID, Application: a.ID, Object: line.Object}
					if by != uuid.Nil {
						want.User, want.Address, want.RequestID = user, "192.0.2.1", "request"
					}
					if c.about == "create" {
						want.ClientID, want.Application = line.ClientID, line.Application
					}
					require.Equal(w, want, line, c.about)
					if len(c.told) == 1 && (c.told[0] == "secrets" || c.told[0] == "keys") {
						require.NoError(w, uuid.Validate(line.Object))
						continue
					}
					require.Equal(w, c.lines[i], line.Action+" "+line.Object)
				}
				require.Len(w, after.events, len(before.events)+1, c.about)
				told := slices.IndexFunc(after.events, func(e module.ApplicationChanged) bool {
					return slices.Equal(e.Changed, c.told) && e.By.User == by && (e.Application == a.ID || c.about == "create")
				})
				require.GreaterOrEqual(w, told, 0, "%s: %v", c.about, after.events)
				_, _ = w.Delete(w.Context(), a.ID)
			}
		}
	})
}

// A gateway killed between two statements loses the whole transaction; so does an entry
// that the database refuses.
func TestChanges_without_their_line_in_the_audit_log_do_not_happen(t *testing.T) {
	onBoth(t, func(w *world) {
		a := w.create("App")
		_, err := w.AddKey(w.Context(), a.ID, publicKey(w.T), nil)
		require.NoError(w, err)
		before := w.state()
		for _, c := range changes(w.T) {
			w.statement(`ALTER TABLE foyer_audit RENAME TO foyer_audit_away`)
			require.Error(w, c.do(w.Context(), w, a.ID), c.about)
			w.statement(`ALTER TABLE foyer_audit_away RENAME TO foyer_audit`)
			require.Equal(w, before, w.state(), c.about)
		}
	})
}

func TestChanges_of_one_application_at_the_same_moment_are_all_kept(t *testing.T) {
	onBoth(t, func(w *world) {
		services := []applications.Service{w.Service, w.Service}
		if !w.db.URL.IsZero() {
			services[1] = applications.New(w.open(), rules) // another gateway
		}
		for round := range 10 {
			a := w.create("App")
			all := []applications.Change{
				{Name: ptr("Renamed")}, {Active: ptr(false)},
				{Grant: applications.Rights{Scopes: []string{"rooms:create"}}},
				{Grant: applications.Rights{Scopes: []string{"rooms:delete"}}, Revoke: applications.Rights{Scopes: []string{"rooms:list"}}},
				{Grant: applications.Rights{Domains: []string{"example.net"}}}, {Revoke: applications.Rights{Domains: []string{"example.org"}}},
				{Grant: applications.Rights{Addresses: []string{"192.0.2.0/24"}}}, {Grant: applications.Rights{RequireDomains: true}},
			}
			errs := make([]error, len(all))
			var wg sync.WaitGroup
			for i, c := range all {
				wg.Go(func() { _, errs[i] = services[(i+round)%2].Change(w.Context(), a.ID, c) })
			}
			wg.Wait()
			for i, err := range errs {
				require.NoError(w, err, all[i])
			}
			got, err := w.store.ApplicationByID(w.Context(), a.ID)
			require.NoError(w, err)
			require.Equal(w, "Renamed", got.Name)
			require.False(w, got.IsActive)
			require.Equal(w, applications.Rights{
				Scopes: []string{"rooms:create", "rooms:delete"}, Domains: []string{"example.net"}, Addresses: []string{"192.0.2.0/24"}, RequireDomains: true,
			}, sorted(applications.RightsOf(got)))
			lines, err := w.Audit(w.Context(), store.AuditQuery{Application: a.ID, Limit: 100})
			require.NoError(w, err)
			require.Len(w, lines, 10, "the creation, and two for the change of two kinds")
		}
	})
}

func sorted(r applications.Rights) applications.Rights {
	slices.Sort(r.Scopes)
	return r
}

func TestChanges_of_no_application_are_not_found_and_leave_nothing(t *testing.T) {
	onBoth(t, func(w *world) {
		for _, c := range changes(w.T) {
			if c.about == "create" {
				continue
			}
			require.ErrorIs(w, c.do(w.Context(), w, nobody), store.ErrNotFound, c.about)
		}
		require.ErrorIs(w, w.RemoveKey(w.Context(), w.create("App").ID, nobody), store.ErrNotFound)
		require.Len(w, w.state().lines, 1, "the creation")
	})
}

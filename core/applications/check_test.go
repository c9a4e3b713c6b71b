package applications_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/signing"
)

var (
	badNames = []string{"", " \t", strings.Repeat("é", 256), "a\x00b", "a\xffb", "a\nb", "\x1b[2Jgone"}

	badRights = map[string]applications.Rights{
		applications.FieldScope:   {Scopes: []string{"rooms:list", "rooms:creat", "", "rooms:*", "ROOMS:LIST"}},
		applications.FieldDomain:  {Domains: []string{"", "@example.org", "*.example.org", "example", "exämple.org", "a..example.org", "example.org/", strings.Repeat("a.", 130) + "org", "example.org\x00"}},
		applications.FieldAddress: {Addresses: []string{"", "192.0.2.0/33", "192.0.2", "localhost", "192.0.2.1:80", "::1/129", "*"}},
	}
)

func TestFields_are_checked_whoever_asks_and_all_faults_are_told(t *testing.T) {
	onBoth(t, func(w *world) {
		ctx := w.Context()
		a := w.create("App")
		before := w.state()
		good := applications.NewApplication{Name: "Good"}
		refused := func(want []string, err error, about any) {
			w.Helper()
			require.ErrorIs(w, err, module.ErrInvalid, about)
			require.Equal(w, want, fields(err), about)
		}
		for _, name := range badNames {
			n := good
			n.Name = name
			_, _, err := w.Create(ctx, n)
			refused([]string{"name"}, err, name)
			_, err = w.Change(ctx, a.ID, applications.Change{Name: &name})
			refused([]string{"name"}, err, name)
		}
		for field, rights := range badRights {
			n := len(rights.Scopes) + len(rights.Domains) + len(rights.Addresses)
			if field == applications.FieldScope {
				n-- // the first one is valid
			}
			var want []string
			for range n {
				want = append(want, field)
			}
			_, _, err := w.Create(ctx, applications.NewApplication{Name: "x", Rights: rights})
			refused(want, err, rights)
			_, err = w.Change(ctx, a.ID, applications.Change{Grant: rights})
			refused(want, err, rights)
			_, err = w.Change(ctx, a.ID, applications.Change{Revoke: rights})
			refused(want, err, rights)
		}
		for _, id := range []string{"a b", "a\x00", "ä", "a:b", strings.Repeat("a", 101)} {
			_, _, err := w.Create(ctx, applications.NewApplication{Name: "x", ClientID: id})
			refused([]string{"client_id"}, err, id)
		}
		past := time.Now().Add(-time.Second)
		_, _, err := w.Create(ctx, applications.NewApplication{Name: "", SecretExpires: &past, Rights: applications.Rights{Scopes: []string{"x"}}})
		refused([]string{"name", "scope", "expires"}, err, "several")
		_, _, err = w.Rotate(ctx, a.ID, applications.Rotation{Expires: &past})
		refused([]string{"expires"}, err, "rotate")
		_, err = w.AddKey(ctx, a.ID, publicKey(w.T), &past)
		refused([]string{"expires"}, err, "key")
		for _, text := range []string{"", "{}", `{"kty":"oct","k":"c2VjcmV0"}`, "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"} {
			_, err := w.AddKey(ctx, a.ID, []byte(text), nil)
			require.ErrorIs(w, err, signing.ErrClientKey, text)
		}
		many := applications.Rights{Domains: make([]string, 1001)}
		_, err = w.Change(ctx, a.ID, applications.Change{Grant: many})
		refused([]string{"scope"}, err, "too many")
		require.Equal(w, before, w.state())
	})
}

func TestRights_are_stored_in_one_form(t *testing.T) {
	onBoth(t, func(w *world) {
		a, _, err := w.Create(w.Context(), applications.NewApplication{Name: "  Calendar ", ClientID: "calendar-1.x_~", Rights: applications.Rights{
			Scopes: []string{"rooms:list", "rooms:list"}, Domains: []string{" Example.ORG ", "example.org"},
			Addresses: []string{"192.0.2.7", "192.0.2.7/32", "::ffff:192.0.2.7", "198.51.100.9/24", "2001:db8::1/64"},
		}})
		require.NoError(w, err)
		got, err := w.store.ApplicationByID(w.Context(), a.ID)
		require.NoError(w, err)
		require.Equal(w, "Calendar", got.Name)
		require.Equal(w, applications.Rights{
			Scopes: []string{"rooms:list"}, Domains: []string{"example.org"}, Addresses: []string{"192.0.2.7/32", "198.51.100.0/24", "2001:db8::/64"},
		}, applications.RightsOf(got))
		_, _, err = w.Create(w.Context(), applications.NewApplication{Name: "Other", ClientID: "calendar-1.x_~"})
		require.ErrorIs(w, err, store.ErrConflict)
	})
}

func TestRights_that_an_application_has_can_be_revoked_whatever_they_are(t *testing.T) {
	onBoth(t, func(w *world) {
		// As it may be in an adopted database, or after a module was removed.
		a, err := w.store.CreateApplication(w.Context(), store.Application{
			Name: "Old", ClientID: "old", IsActive: true, Scopes: []string{"rooms:everything", "rooms:list"}, Domains: []string{"localhost", "example.org"},
			Addresses: []string{"anywhere", "192.0.2.7/32"}, Secrets: []store.ApplicationSecret{{Hash: "h"}},
		})
		require.NoError(w, err)
		_, err = w.Change(w.Context(), a.ID, applications.Change{Revoke: applications.Rights{
			Scopes: []string{"rooms:everything", "rooms:more"}, Domains: []string{"localhost", "other"}, Addresses: []string{"nowhere"},
		}})
		require.Equal(w, []string{"scope", "domain", "address"}, fields(err), "of what it has not")
		changed, err := w.Change(w.Context(), a.ID, applications.Change{Revoke: applications.Rights{
			Scopes: []string{"rooms:everything"}, Domains: []string{"localhost", " Example.org"}, Addresses: []string{"anywhere", "192.0.2.7"},
		}})
		require.NoError(w, err)
		require.Equal(w, applications.Rights{Scopes: []string{"rooms:list"}}, applications.RightsOf(changed.After))
		_, err = w.Change(w.Context(), a.ID, applications.Change{Grant: applications.Rights{Scopes: []string{"rooms:everything"}}})
		require.Equal(w, []string{"scope"}, fields(err))
	})
}

func TestSecrets_and_hashes_are_told_once_and_to_nobody_else(t *testing.T) {
	onBoth(t, func(w *world) {
		a, first, err := w.Create(w.Context(), applications.NewApplication{Name: "App"})
		require.NoError(w, err)
		next, second, err := w.Rotate(w.Context(), a.ID, applications.Rotation{OldUntil: time.Now().Add(time.Hour)})
		require.NoError(w, err)
		require.NotEqual(w, first.Reveal(), second.Reveal())
		changed, err := w.Change(w.Context(), a.ID, applications.Change{Active: ptr(true)})
		require.NoError(w, err)
		found, err := w.Find(w.Context(), "app")
		require.NoError(w, err)
		list, err := w.List(w.Context())
		require.NoError(w, err)
		was, err := w.Delete(w.Context(), a.ID)
		require.NoError(w, err)
		require.Len(w, found.Secrets, 2)
		require.Empty(w, next.Hash)
		for _, x := range []store.Application{a, changed.Before, changed.After, found, list[0], was} {
			for _, secret := range x.Secrets {
				require.Empty(w, secret.Hash)
			}
		}
	})
}

func TestFind_takes_a_client_id_an_id_or_a_name_that_one_has(t *testing.T) {
	onBoth(t, func(w *world) {
		one, twin := w.create("Calendar"), w.create("Twin")
		other := w.create("twin")
		for _, name := range []string{one.ClientID, one.ID.String(), "calendar", "CALENDAR"} {
			got, err := w.Find(w.Context(), name)
			require.NoError(w, err)
			require.Equal(w, one.ID, got.ID)
		}
		_, err := w.Find(w.Context(), "Calender")
		var unknown *applications.UnknownError
		require.ErrorAs(w, err, &unknown)
		require.Equal(w, "Calendar", unknown.Near)
		require.ErrorIs(w, err, store.ErrNotFound)
		_, err = w.Find(w.Context(), "TWIN")
		var many *applications.AmbiguousError
		require.ErrorAs(w, err, &many)
		require.ElementsMatch(w, []string{twin.ClientID, other.ClientID}, many.ClientIDs)
		gone, cancel := context.WithCancel(w.Context())
		cancel()
		_, err = w.Find(gone, "Calendar")
		require.ErrorIs(w, err, context.Canceled)
	})
}

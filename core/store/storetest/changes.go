package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/module"
)

// listener wants some events, and records them.
type listener struct {
	names []string
	after int // AfterCommit of events
}

func (l *listener) Wanted(event string) bool { return module.Listens(l.names, event) }

func (l *listener) AcceptTx(ctx context.Context, tx *store.Tx, e module.Event) error {
	tx.AfterCommit(func() { l.after++ })
	_, err := tx.AddEvent(ctx, store.Event{ID: e.ID, Name: e.Name, Room: e.Room, ReceivedAt: e.At, Body: e.Body})
	return err
}

var coreEvents = []string{
	module.EventRoomCreated, module.EventRoomChanged, module.EventRoomDeleted, module.EventUserCreated, module.EventUserChanged,
	module.EventAccessChanged, module.EventApplicationChanged,
}

// told returns the events that f has stored, as "name body", sorted.
func told(t *testing.T, s *store.Store, f func()) []string {
	t.Helper()
	_, err := s.DeleteEventsBefore(t.Context(), time.Now().Add(time.Hour), 1000)
	require.NoError(t, err)
	f()
	list, err := s.EventsSince(t.Context(), time.Now().Add(-time.Hour), coreEvents...)
	require.NoError(t, err)
	texts := make([]string, 0, len(list))
	for _, e := range list {
		texts = append(texts, e.Name+" "+e.Room+" "+string(e.Body))
	}
	slices.Sort(texts)
	return texts
}

// was is one event as told returns it.
func was(t *testing.T, name string, room uuid.UUID, body any) string {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	if room == uuid.Nil {
		return name + "  " + string(raw)
	}
	return name + " " + room.String() + " " + string(raw)
}

func changes(t *testing.T, s *store.Store) {
	l := &listener{names: []string{"core.*"}}
	s.Tell(l)
	caller := account(t, s, "caller").ID
	ada, grace := account(t, s, "ada"), account(t, s, "grace")
	ctx := module.WithCaller(t.Context(), &module.Caller{UserID: caller})
	by := module.Author{User: caller}
	must := func(_ any, err error) { t.Helper(); require.NoError(t, err) }
	r := store.Room{ID: uuid.New(), Name: "r", Slug: "r", AccessLevel: store.Public, Configuration: json.RawMessage(`{"a": 1}`)}
	owned := store.Room{ID: uuid.New(), Name: "o", Slug: "o", AccessLevel: store.Public}
	app := store.Application{ID: uuid.New(), Name: "app", ClientID: "c", IsActive: true, Scopes: []string{"rooms:list", "rooms:create"}, Secrets: []store.ApplicationSecret{{Hash: "h"}}}
	newcomer := store.User{ID: uuid.New(), Sub: ptr("new"), IsActive: true}
	room := func(change func(*store.Room)) func() {
		return func() {
			_, _, err := s.ChangeRoom(ctx, r.ID, nil, func(r *store.Room) error { change(r); return nil })
			require.NoError(t, err)
		}
	}
	roomChanged := func(names ...string) []string {
		return []string{was(t, module.EventRoomChanged, r.ID, module.RoomChanged{Room: r.ID, Changed: names, By: by})}
	}
	user := func(c store.UserChange) func() { return func() { must(s.UpdateUser(ctx, ada.ID, c)) } }
	userChanged := func(names ...string) []string {
		return []string{was(t, module.EventUserChanged, uuid.Nil, module.UserChanged{User: ada.ID, Changed: names, By: by})}
	}
	role := func(role store.Role) func() {
		return func() {
			require.NoError(t, s.GiveRole(ctx, r.ID, grace.ID, caller, func(store.AccessWithRole) (store.Role, error) { return role, nil }))
		}
	}
	accessChanged := func(before, after store.Role) []string {
		return []string{was(t, module.EventAccessChanged, r.ID, module.AccessChanged{
			Room: r.ID, User: grace.ID, Before: string(before), After: string(after), By: by,
		})}
	}
	application := func(change func(*store.Application)) func() {
		return func() {
			must(s.ChangeApplication(ctx, app.ID, func(a *store.Application) error { change(a); return nil }))
		}
	}
	appChanged := func(change string, names ...string) []string {
		return []string{was(t, module.EventApplicationChanged, uuid.Nil, module.ApplicationChanged{Application: app.ID, Change: change, Changed: names, By: by})}
	}
	var key store.ApplicationKey
	faulty := errors.New("changed my mind")
	for _, c := range []struct {
		about string
		do    func()
		want  []string
	}{
		{"a room is created", func() { must(s.CreateRoom(ctx, r, ada.ID)) },
			[]string{was(t, module.EventRoomCreated, r.ID, module.RoomCreated{Room: r.ID, Owner: ada.ID, By: by})}},
		{"a room of an application is created", func() { must(s.CreateOwnedRoom(ctx, owned, ada.ID, app.ID)) },
			[]string{was(t, module.EventRoomCreated, owned.ID, module.RoomCreated{Room: owned.ID, Owner: ada.ID, By: by})}},
		{"a taken slug", func() {
			_, err := s.CreateRoom(ctx, store.Room{Name: "r", Slug: "r", AccessLevel: store.Public}, ada.ID)
			require.ErrorIs(t, err, store.ErrConflict)
		}, nil},
		{"a room is renamed", room(func(r *store.Room) { r.Name, r.Slug = "R", "r2" }), roomChanged("name", "slug")},
		{"a room is restricted", room(func(r *store.Room) { r.AccessLevel = store.Restricted }), roomChanged("access_level")},
		{"a room is configured", room(func(r *store.Room) { r.Configuration = json.RawMessage(`{"a": 2}`) }), roomChanged("configuration")},
		{"a room is written as it is", room(func(r *store.Room) { r.Configuration = json.RawMessage(`{ "a":2 }`) }), nil},
		{"a change is refused", func() {
			_, _, err := s.ChangeRoom(ctx, r.ID, nil, func(r *store.Room) error { r.Name = "x"; return faulty })
			require.ErrorIs(t, err, faulty)
		}, nil},
		{"a change takes a taken slug", func() {
			_, _, err := s.ChangeRoom(ctx, r.ID, nil, func(r *store.Room) error { r.Slug = "o"; return nil })
			require.ErrorIs(t, err, store.ErrConflict)
		}, nil},
		{"a transaction is rolled back", func() {
			require.ErrorIs(t, s.InTx(ctx, func(tx *store.Tx) error {
				must(tx.CreateRoom(ctx, store.Room{Name: "x", Slug: "x", AccessLevel: store.Public}, ada.ID))
				return faulty
			}), faulty)
		}, nil},
		{"a part of a transaction fails", func() {
			require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.CreateRoom(ctx, store.Room{Name: "o", Slug: "o", AccessLevel: store.Public}, ada.ID)
				require.ErrorIs(t, err, store.ErrConflict)
				_, _, err = tx.ChangeRoom(ctx, r.ID, nil, func(r *store.Room) error { r.Name = "again"; return nil })
				return err
			}))
		}, roomChanged("name")},
		{"an access is given", role(store.Member), accessChanged(store.NoRole, store.Member)},
		{"a role is changed", role(store.Owner), accessChanged(store.Member, store.Owner)},
		{"a role is given again", role(store.Owner), nil},
		{"an access is taken away", func() {
			a, err := s.AccessOf(ctx, r.ID, grace.ID)
			require.NoError(t, err)
			require.NoError(t, s.RemoveAccess(ctx, a.ID, caller, func(store.AccessWithRole) error { return nil }))
		}, accessChanged(store.Owner, store.NoRole)},
		{"the last owner cannot be removed", func() {
			a, err := s.AccessOf(ctx, r.ID, ada.ID)
			require.NoError(t, err)
			require.ErrorIs(t, s.RemoveAccess(ctx, a.ID, caller, func(store.AccessWithRole) error { return nil }), store.ErrLastOwner)
		}, nil},
		{"rooms are deleted", func() {
			require.NoError(t, s.DeleteRoomIf(ctx, r.ID, nil))
			require.ErrorIs(t, s.DeleteRoom(ctx, r.ID), store.ErrNotFound)
		}, []string{was(t, module.EventRoomDeleted, r.ID, module.RoomDeleted{Room: r.ID, By: by})}},
		{"an account is created", func() { must(s.CreateUser(module.WithAuthor(ctx, module.Author{SignIn: true}), newcomer)) },
			[]string{was(t, module.EventUserCreated, uuid.Nil, module.UserCreated{User: newcomer.ID, By: module.Author{SignIn: true}})}},
		{"a taken subject", func() {
			_, err := s.CreateUser(ctx, store.User{Sub: ptr("new"), IsActive: true})
			require.ErrorIs(t, err, store.ErrConflict)
		}, nil},
		{"a sign-in tells names", func() {
			require.NoError(t, s.UpdateClaims(ctx, ada.ID, store.Claims{FullName: ptr("Ada L."), ShortName: ptr("Ada"), Email: ptr("a@example.org")}))
		}, userChanged("email", "full_name", "short_name")},
		{"a sign-in tells the same names", func() {
			require.NoError(t, s.UpdateClaims(ctx, ada.ID, store.Claims{FullName: ptr("Ada L."), Sub: ptr("ada")}))
		}, nil},
		{"a sign-in alone", func() { require.NoError(t, s.TouchLogin(ctx, ada.ID, moment)) }, nil},
		{"names of nobody", func() {
			require.ErrorIs(t, s.UpdateClaims(ctx, uuid.New(), store.Claims{FullName: ptr("x")}), store.ErrNotFound)
		}, nil},
		{"preferences", user(store.UserChange{Timezone: ptr("Europe/Paris"), Language: ptr("fr-fr"), RoomAccessLevel: ptr(""), RoomConfiguration: json.RawMessage(`{"b":[]}`)}),
			userChanged("language", "timezone", "default_room_access_level", "default_room_configuration")},
		{"the same preferences", user(store.UserChange{Timezone: ptr("Europe/Paris"), RoomConfiguration: json.RawMessage(`{ "b" : [] }`)}), nil},
		{"a preference is cleared", user(store.UserChange{ClearRoomAccessLevel: true}), userChanged("default_room_access_level")},
		{"an application is created", func() { must(s.CreateApplication(ctx, app)) }, appChanged(module.ApplicationCreated)},
		{"an application is granted", application(func(a *store.Application) {
			a.Scopes, a.Domains, a.Addresses, a.RequireDomains = append(a.Scopes, "x:y"), []string{"example.org"}, []string{"192.0.2.0/24"}, true
		}), appChanged(module.ApplicationAltered, "scopes", "domains", "require_domains", "addresses")},
		{"an application is disabled", application(func(a *store.Application) { a.IsActive, a.Name = false, "App" }),
			appChanged(module.ApplicationAltered, "name", "active")},
		{"an application is granted what it has", application(func(a *store.Application) { slices.Reverse(a.Scopes) }), nil},
		{"a secret is rotated", func() { must(s.RotateSecret(ctx, app.ID, store.ApplicationSecret{Hash: "h2"}, moment)) },
			appChanged(module.ApplicationAltered, "secrets")},
		{"a hash is renewed", func() {
			a, err := s.ApplicationByID(ctx, app.ID)
			require.NoError(t, err)
			must(s.RenewSecret(ctx, app.ID, a.Secrets[0].ID, "h2", "h3"))
		}, nil},
		{"a key is added", func() {
			var err error
			key, err = s.AddApplicationKey(ctx, app.ID, store.ApplicationKey{JWK: []byte(`{}`)})
			require.NoError(t, err)
		}, appChanged(module.ApplicationAltered, "keys")},
		{"a key is removed", func() {
			require.NoError(t, s.RemoveApplicationKey(ctx, app.ID, key.ID))
			require.ErrorIs(t, s.RemoveApplicationKey(ctx, app.ID, key.ID), store.ErrNotFound)
		}, appChanged(module.ApplicationAltered, "keys")},
		{"an application is deleted", func() {
			require.NoError(t, s.DeleteApplication(ctx, app.ID))
			require.ErrorIs(t, s.DeleteApplication(ctx, app.ID), store.ErrNotFound)
		}, appChanged(module.ApplicationDeleted)},
	} {
		before := l.after
		got := told(t, s, c.do)
		require.ElementsMatch(t, c.want, got, c.about)
		require.Equal(t, before+len(c.want), l.after, "%s: whoever waits for a commit was called", c.about)
	}

	t.Run("nothing is stored that nobody wants", func(t *testing.T) {
		l.names = []string{module.EventRoomDeleted, "room_started"}
		r, u := uuid.New(), uuid.New()
		require.Empty(t, told(t, s, func() {
			must(s.CreateUser(ctx, store.User{ID: u, Sub: ptr("unwanted"), IsActive: true}))
			must(s.UpdateUser(ctx, u, store.UserChange{Timezone: ptr("Europe/Rome")}))
			must(s.CreateRoom(ctx, store.Room{ID: r, Name: "q", Slug: "q", AccessLevel: store.Public}, u))
		}))
		require.Equal(t, []string{was(t, module.EventRoomDeleted, r, module.RoomDeleted{Room: r, By: by})}, told(t, s, func() {
			require.NoError(t, s.DeleteRoom(ctx, r))
		}))
	})
}

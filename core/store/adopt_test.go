package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// adopted returns a database of the replaced server after Migrate.
func adopted(t *testing.T) (config.Database, *store.Store) {
	t.Helper()
	cfg := legacy(t)
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	return cfg, s
}

// productRows returns the part of the script that inserts the product's rows.
func productRows(t *testing.T) string {
	t.Helper()
	_, rows, found := strings.Cut(legacyScript(t), "-- SECTION 3")
	require.True(t, found)
	return "-- " + rows
}

func legacyID(kind, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-00000000%02d%02d", kind, n))
}

func TestMigrate_adopts_and_touches_nothing_of_theirs(t *testing.T) {
	cfg := legacy(t)
	before := fingerprint(t, cfg)
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Check(t.Context()))
	first := fingerprint(t, cfg)
	require.Equal(t, before, theirs(first))
	require.Greater(t, len(first), len(before))
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
	require.Equal(t, first, fingerprint(t, cfg), "a second start changes nothing")
}

func TestMigrate_adopts_with_an_operators_additions(t *testing.T) {
	cfg := legacy(t)
	run(t, cfg, `CREATE INDEX ours ON meet_recording (worker_id); ALTER TABLE meet_room ADD note text;
		ALTER TABLE meet_user ADD kind text NOT NULL DEFAULT 'x'; CREATE TABLE report (id int)`)
	before := fingerprint(t, cfg)
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
	require.Equal(t, before, theirs(fingerprint(t, cfg)))
}

func TestAdopted_rows_are_read(t *testing.T) {
	ctx := t.Context()
	_, s := adopted(t)
	for n := 1; n <= 10; n++ {
		u, err := s.UserByID(ctx, legacyID(1, n))
		require.NoError(t, err)
		require.Equal(t, n != 5, u.IsActive)
		if u.Sub != nil {
			bySub, err := s.UserBySub(ctx, *u.Sub)
			require.NoError(t, err)
			require.Equal(t, u, bySub)
		}
	}
	u, err := s.UserByID(ctx, legacyID(1, 1))
	require.NoError(t, err)
	ptr := func(s string) *string { return &s }
	login := time.Date(2026, 8, 19, 7, 15, 0, 123456000, time.UTC)
	require.Equal(t, store.User{
		ID: legacyID(1, 1), CreatedAt: time.Date(2024, 9, 1, 10, 0, 0, 0, time.UTC),
		UpdatedAt: time.Date(2026, 8, 18, 9, 0, 0, 500000000, time.UTC), LastLogin: &login,
		Password: "!AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd", Sub: ptr("7f9c1e52-0b0d-4f7e-9a55-5d2f0a3b0001"),
		Email: ptr("Owner.One@example.org"), FullName: ptr("Owner One"), ShortName: ptr("Owner"), Language: "fr-fr",
		Timezone: "Europe/Paris", IsActive: true, DefaultRoomAccessLevel: ptr("trusted"), DefaultRoomConfiguration: u.DefaultRoomConfiguration,
	}, u)
	require.JSONEq(t, `{"everyone_can_mute": false, "can_publish_sources": ["camera", "microphone"]}`, string(u.DefaultRoomConfiguration))
	twins, err := s.UsersByEmail(ctx, "TWIN@example.org")
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{legacyID(1, 9), legacyID(1, 8)}, []uuid.UUID{twins[0].ID, twins[1].ID})

	accesses := 0
	for n := 1; n <= 7; n++ {
		r, err := s.RoomByID(ctx, legacyID(2, n), legacyID(1, 1))
		require.NoError(t, err)
		bySlug, err := s.RoomBySlug(ctx, r.Slug, legacyID(1, 1))
		if r.Slug == "" {
			require.ErrorIs(t, err, store.ErrNotFound, "an empty slug names no room")
		} else {
			require.NoError(t, err)
			require.Equal(t, r, bySlug)
		}
		list, err := s.Accesses(ctx, r.ID)
		require.NoError(t, err)
		accesses += len(list)
	}
	require.Equal(t, 12, accesses)
	orphan, err := s.RoomBySlug(ctx, "orphan", uuid.Nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"old_option": "kept", "can_publish_sources": null}`, string(orphan.Configuration))
	list, total, err := s.RoomsOf(ctx, legacyID(1, 1), 10, 0)
	require.NoError(t, err)
	require.Equal(t, 3, total)
	names := []string{}
	for _, r := range list {
		names = append(names, r.Slug+" "+string(r.Role))
	}
	require.ElementsMatch(t, []string{"weekly-sync owner", "reunion-dequipe-1 owner", "board-room member"}, names)
}

func TestAdopted_rows_are_written(t *testing.T) {
	ctx := t.Context()
	cfg, s := adopted(t)
	name, now := "Renamed", time.Now()
	for n := 1; n <= 10; n++ {
		id := legacyID(1, n)
		before, err := s.UserByID(ctx, id)
		require.NoError(t, err)
		require.NoError(t, s.UpdateClaims(ctx, id, store.Claims{FullName: &name}))
		require.NoError(t, s.TouchLogin(ctx, id, now))
		after, err := s.UserByID(ctx, id)
		require.NoError(t, err)
		require.Equal(t, before.UpdatedAt, after.UpdatedAt)
		require.Equal(t, name, *after.FullName)
		require.NoError(t, s.SaveSession(ctx, store.Session{Token: id.String(), UserID: &id, ExpiresAt: now.Add(time.Hour)}))
		live, err := s.LiveSessions(ctx, now, id.String())
		require.NoError(t, err)
		require.Equal(t, n != 5, len(live) == 1, "one is not active")
	}
	for n := 1; n <= 7; n++ {
		r, err := s.RoomByID(ctx, legacyID(2, n), uuid.Nil)
		require.NoError(t, err)
		r.AccessLevel = store.Restricted
		updated, err := s.UpdateRoom(ctx, r.Room)
		require.NoError(t, err)
		got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
		require.NoError(t, err)
		require.Equal(t, updated, got.Room, "configuration as stored")
	}
	_, err := s.CreateRoom(ctx, store.Room{Name: "Weekly Sync", Slug: "weekly-sync", AccessLevel: store.Public}, legacyID(1, 1))
	require.ErrorIs(t, err, store.ErrConflict)
	_, err = s.CreateRoom(ctx, store.Room{Name: "New", Slug: "new", AccessLevel: store.Public}, legacyID(1, 1))
	require.NoError(t, err)
	for n := 1; n <= 7; n++ {
		require.NoError(t, s.DeleteRoom(ctx, legacyID(2, n)))
	}
	for table, left := range map[string]string{"meet_resource": "1", "meet_room": "1", "meet_resource_access": "1",
		"meet_recording": "0", "meet_recording_access": "0", "meet_user": "10", "file": "6"} {
		require.Equal(t, []string{left}, collect(t, connect(t, cfg), `SELECT COUNT(*)::text FROM `+table), table)
	}
}

// The way back: the replaced server names its own columns when it inserts.
func TestAdopted_database_still_takes_the_replaced_servers_inserts(t *testing.T) {
	cfg, s := adopted(t)
	before := fingerprint(t, cfg)
	require.NoError(t, s.SaveSession(t.Context(), store.Session{Token: "t", ExpiresAt: time.Now()}))
	run(t, cfg, `TRUNCATE meet_user, meet_resource, meet_application, auth_group RESTART IDENTITY CASCADE`)
	run(t, cfg, "BEGIN;"+productRows(t))
	require.Equal(t, theirs(before), theirs(fingerprint(t, cfg)))
}

func TestAdopted_applications_keep_working(t *testing.T) {
	ctx := t.Context()
	_, s := adopted(t)
	list, err := s.Applications(ctx)
	require.NoError(t, err)
	require.Len(t, list, 3)
	for _, a := range list {
		require.Len(t, a.Secrets, 1)
		require.Equal(t, a.ID, a.Secrets[0].ID)
		require.True(t, strings.HasPrefix(a.Secrets[0].Hash, "pbkdf2_sha256$"))
		require.Nil(t, a.Secrets[0].ExpiresAt)
		require.False(t, a.RequireDomains)
	}
	a, err := s.ApplicationByClientID(ctx, "legacyclientactive0000000000000000000001")
	require.NoError(t, err)
	require.True(t, a.IsActive)
	require.NotEmpty(t, a.Scopes)
	require.NotEmpty(t, a.Domains)
	done, err := s.RenewSecret(ctx, a.ID, a.ID, a.Secrets[0].Hash, "renewed")
	require.NoError(t, err)
	require.True(t, done)
	_, err = s.RotateSecret(ctx, a.ID, store.ApplicationSecret{Hash: "next"}, time.Now().Add(time.Hour))
	require.NoError(t, err)
	changed, err := s.ChangeApplication(ctx, a.ID, func(x *store.Application) error {
		x.Scopes = append(x.Scopes, "rooms:list:all")
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, append(a.Scopes, "rooms:list:all"), changed.Scopes)
	require.Equal(t, []string{"next", "renewed"}, []string{changed.Secrets[0].Hash, changed.Secrets[1].Hash})
	require.Equal(t, a.ID, changed.Secrets[1].ID)
	for _, a := range list {
		require.NoError(t, s.DeleteApplication(ctx, a.ID))
	}
}

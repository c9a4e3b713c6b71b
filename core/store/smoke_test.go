package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/module/conf"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
)

func TestSmoke(t *testing.T) {
	for name, cfg := range map[string]config.Database{
		"sqlite":   {Dir: t.TempDir(), MaxConns: 4, ConnectTimeout: 5 * time.Second},
		"postgres": {URL: conf.NewSecret(pgdev.New(t)), MaxConns: 4, ConnectTimeout: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s, err := store.Open(ctx, cfg)
			require.NoError(t, err)
			defer s.Close()
			require.Error(t, s.Check(ctx))
			require.NoError(t, s.Migrate(ctx))
			require.NoError(t, s.Migrate(ctx))
			require.NoError(t, s.Check(ctx))
			sub := "ada"
			u, err := s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
			require.NoError(t, err)
			got, err := s.UserByID(ctx, u.ID)
			require.NoError(t, err)
			require.Equal(t, u, got)
			_, err = s.CreateUser(ctx, store.User{Sub: &sub})
			var c *store.Conflict
			require.ErrorAs(t, err, &c)
			require.Equal(t, "sub", c.Field)
			r, err := s.CreateRoom(ctx, store.Room{Name: "A", Slug: "a", AccessLevel: "public"}, u.ID)
			require.NoError(t, err)
			rr, err := s.RoomBySlug(ctx, "a", u.ID)
			require.NoError(t, err)
			require.Equal(t, store.RoomWithRole{Room: r, Role: store.Owner}, rr)
			_, err = s.CreateRoom(ctx, store.Room{Name: "A", Slug: "a", AccessLevel: "public"}, u.ID)
			require.ErrorAs(t, err, &c)
			require.Equal(t, "slug", c.Field)
			list, n, err := s.RoomsOf(ctx, u.ID, 10, 0)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Len(t, list, 1)
			acc, err := s.Accesses(ctx, r.ID)
			require.NoError(t, err)
			require.Len(t, acc, 1)
			require.Equal(t, u, acc[0].User)
			now := time.Now()
			require.NoError(t, s.SaveSession(ctx, store.Session{Token: "t", UserID: &u.ID, SID: "x", Data: []byte("d"), ExpiresAt: now.Add(time.Hour)}))
			sess, su, err := s.Session(ctx, "t", now)
			require.NoError(t, err)
			require.Equal(t, u.ID, *sess.UserID)
			require.Equal(t, u, *su)
			_, _, err = s.Session(ctx, "t", now.Add(2*time.Hour))
			require.ErrorIs(t, err, store.ErrNotFound)
			exp := now.Add(time.Minute)
			for _, want := range []bool{true, false} {
				ok, err := s.KVPutIfAbsent(ctx, "n", "k", nil, &exp, now)
				require.NoError(t, err)
				require.Equal(t, want, ok)
			}
			ok, err := s.KVPutIfAbsent(ctx, "n", "k", []byte("v"), &exp, exp)
			require.NoError(t, err)
			require.True(t, ok)
			for _, want := range []bool{true, false} {
				ok, err := s.AddEvent(ctx, store.Event{ID: "e", Name: "n", ReceivedAt: now, Body: []byte("{}")})
				require.NoError(t, err)
				require.Equal(t, want, ok)
			}
			_, err = s.CreateRoom(ctx, store.Room{Name: "A\x00", Slug: "b", AccessLevel: "public"}, u.ID)
			t.Log(err)
			require.NoError(t, s.DeleteRoom(ctx, r.ID))
		})
	}
}

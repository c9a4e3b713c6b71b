package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// stand returns a standing that lasts a minute.
func stand(room uuid.UUID, identity string, now time.Time) store.Standing {
	return store.Standing{
		RoomID: room, Identity: identity, Entry: "entry of " + identity, Name: "Zoë", Color: "red",
		Since: now.UTC(), TouchedAt: now.UTC(), EndsAt: now.UTC().Add(time.Minute),
	}
}

// standing requires that there is one.
func standing(t *testing.T, s *store.Store, room uuid.UUID, identity string, now time.Time) store.Standing {
	t.Helper()
	got, err := s.StandingOf(t.Context(), room, identity, now)
	require.NoError(t, err)
	return got
}

func noStanding(t *testing.T, s *store.Store, room uuid.UUID, identity string, now time.Time) {
	t.Helper()
	_, err := s.StandingOf(t.Context(), room, identity, now)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func admit(t *testing.T, s *store.Store, x store.Standing, now time.Time) bool {
	t.Helper()
	done, err := s.Admit(t.Context(), x, now)
	require.NoError(t, err)
	return done
}

func standings(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), moment
	minute := func(n int) time.Time { return now.Add(time.Duration(n) * time.Minute) }

	t.Run("an admission is found by identity and by entry until it ends", func(t *testing.T) {
		room := uuid.New()
		x := stand(room, "zoë|1", now)
		require.True(t, admit(t, s, x, now))
		x.State = store.Admitted
		require.Equal(t, x, standing(t, s, room, "zoë|1", now))
		got, err := s.StandingByEntry(ctx, room, x.Entry, now)
		require.NoError(t, err)
		require.Equal(t, x, got)
		noStanding(t, s, room, "zoë|1", minute(1))
		noStanding(t, s, uuid.New(), "zoë|1", now)
		noStanding(t, s, room, "Zoë|1", now)
		x.Identity, x.Entry = "nobody waited", ""
		require.True(t, admit(t, s, x, now))
		_, err = s.StandingByEntry(ctx, room, "", now)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("who comes, goes and asks again", func(t *testing.T) {
		room := uuid.New()
		x := stand(room, "zoë", now)
		require.True(t, admit(t, s, x, now))
		require.NoError(t, s.TakeSeat(ctx, room, "zoë", "first", now, now.Add(time.Second), minute(60)))
		require.NoError(t, s.TakeSeat(ctx, room, "nobody", "first", now, now, minute(60)))
		got := standing(t, s, room, "zoë", minute(59))
		require.Equal(t, "first", got.Seat)
		require.Equal(t, x.Since, got.Since)
		require.True(t, admit(t, s, x, now), "let in again while there")
		require.Equal(t, minute(60).UTC(), standing(t, s, room, "zoë", now).EndsAt)

		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "another", minute(5), minute(6)))
		require.Equal(t, "first", standing(t, s, room, "zoë", minute(59)).Seat, "there by another connection")
		require.NoError(t, s.Touch(ctx, room, "zoë", minute(5), minute(6)))
		require.Equal(t, minute(60).UTC(), standing(t, s, room, "zoë", now).EndsAt, "one who is there need not ask")
		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "first", minute(5), minute(6)))
		require.Empty(t, standing(t, s, room, "zoë", minute(5)).Seat)
		noStanding(t, s, room, "zoë", minute(6))
		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "first", minute(5), minute(30)))
		noStanding(t, s, room, "zoë", minute(6))

		require.NoError(t, s.Touch(ctx, room, "zoë", minute(5).Add(time.Second), minute(50)))
		standing(t, s, room, "zoë", minute(49))
		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "first", minute(5), minute(6)))
		standing(t, s, room, "zoë", minute(49)) // has asked since
		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "unheard of", minute(7), minute(8)))
		noStanding(t, s, room, "zoë", minute(8))
		require.NoError(t, s.Touch(ctx, room, "zoë", minute(8), minute(50)))
		require.NoError(t, s.TakeSeat(ctx, room, "zoë", "late", minute(8), minute(9), minute(50)))
		noStanding(t, s, room, "zoë", minute(8)) // what has ended does not come back
		require.NoError(t, s.TakeSeat(ctx, room, "zoë", "in time", minute(7), minute(9), minute(50)))
		standing(t, s, room, "zoë", minute(49)) // they came before it ended
	})

	t.Run("who is removed is not admitted until that is lifted or over", func(t *testing.T) {
		room, other := uuid.New(), uuid.New()
		x := stand(room, "zoë", now)
		require.True(t, admit(t, s, x, now))
		require.NoError(t, s.TakeSeat(ctx, room, "zoë", "seat", now, now, minute(60)))
		removal := store.Standing{RoomID: room, Identity: "zoë", Since: minute(1), TouchedAt: minute(1), EndsAt: minute(10)}
		require.NoError(t, s.Remove(ctx, removal))
		got := standing(t, s, room, "zoë", minute(1))
		require.Equal(t, store.Removed, got.State)
		require.Equal(t, "Zoë", got.Name)
		require.Equal(t, x.Entry, got.Entry)
		require.Empty(t, got.Seat)
		require.Equal(t, minute(10).UTC(), got.EndsAt, "not when the admission would")
		require.False(t, admit(t, s, x, minute(9)))
		require.NoError(t, s.TakeSeat(ctx, room, "zoë", "seat", now, now, minute(60)))
		require.NoError(t, s.Touch(ctx, room, "zoë", now, minute(60)))
		require.NoError(t, s.LeaveSeat(ctx, room, "zoë", "seat", minute(2), minute(3)))
		require.NoError(t, s.DropAdmissionsBefore(ctx, room, minute(90)))
		done, err := s.DropAdmission(ctx, room, "zoë")
		require.NoError(t, err)
		require.False(t, done)
		removal.EndsAt = minute(5)
		require.NoError(t, s.Remove(ctx, removal))
		require.Equal(t, minute(10).UTC(), standing(t, s, room, "zoë", minute(9)).EndsAt, "the longer one counts")

		for _, x := range []store.Standing{stand(other, "zoë", now), stand(other, "ada", now)} {
			require.NoError(t, s.Remove(ctx, x))
		}
		require.True(t, admit(t, s, stand(room, "mary", now), now))
		removed, err := s.RemovedFrom(ctx, "zoë", now, room, other, uuid.New())
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]bool{room: true, other: true}, removed)
		removed, err = s.RemovedFrom(ctx, "zoë", minute(9), room, other)
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]bool{room: true}, removed)
		removed, err = s.RemovedFrom(ctx, "mary", now, room)
		require.NoError(t, err)
		require.Empty(t, removed)
		removed, err = s.RemovedFrom(ctx, "zoë", now)
		require.NoError(t, err)
		require.Empty(t, removed)

		for _, want := range []bool{true, false} {
			done, err := s.LiftRemoval(ctx, room, "zoë")
			require.NoError(t, err)
			require.Equal(t, want, done)
		}
		done, err = s.LiftRemoval(ctx, room, "mary")
		require.NoError(t, err)
		require.False(t, done, "she was let in")
		require.True(t, admit(t, s, x, now))
		require.True(t, admit(t, s, stand(other, "ada", minute(2)), minute(2)), "it is over")
	})

	t.Run("removals are listed, the latest first", func(t *testing.T) {
		room := uuid.New()
		require.NoError(t, s.Remove(ctx, stand(room, "a", now)))
		require.NoError(t, s.Remove(ctx, stand(room, "c", now.Add(2*time.Second))))
		require.NoError(t, s.Remove(ctx, stand(room, "b", now.Add(time.Second))))
		require.NoError(t, s.Remove(ctx, stand(room, "past", now.Add(-time.Hour))))
		require.True(t, admit(t, s, stand(room, "admitted", now), now))
		list, err := s.Removals(ctx, room, now, 2)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "c", list[0].Identity)
		require.Equal(t, "b", list[1].Identity)
	})

	t.Run("an end of the meeting ends what was decided before", func(t *testing.T) {
		room, other := uuid.New(), uuid.New()
		for _, x := range []store.Standing{stand(room, "before", now), stand(room, "at", now.Add(time.Second)), stand(other, "before", now)} {
			require.True(t, admit(t, s, x, now))
		}
		require.NoError(t, s.Remove(ctx, stand(room, "removed", now)))
		require.NoError(t, s.DropAdmissionsBefore(ctx, room, now.Add(time.Second)))
		list, err := s.StandingsIn(ctx, room, other, uuid.New())
		require.NoError(t, err)
		var left []string
		for _, x := range list {
			left = append(left, x.Identity)
		}
		require.ElementsMatch(t, []string{"at", "removed", "before"}, left)
		list, err = s.StandingsIn(ctx)
		require.NoError(t, err)
		require.Empty(t, list)
		list, err = s.StandingsOf(ctx, room, "at", "before", "nobody")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "at", list[0].Identity)
		list, err = s.StandingsOf(ctx, room)
		require.NoError(t, err)
		require.Empty(t, list)
		done, err := s.DropAdmission(ctx, room, "at")
		require.NoError(t, err)
		require.True(t, done)
		noStanding(t, s, room, "at", now)
	})

	t.Run("they go with their room and when they have ended", func(t *testing.T) {
		r := room(t, s, "doomed", account(t, s, "of a doomed room").ID)
		past, next := stand(uuid.New(), "past", now.Add(-time.Minute)), stand(uuid.New(), "next", now)
		for _, x := range []store.Standing{stand(r.ID, "zoë", now), past, next} {
			require.NoError(t, s.Remove(ctx, x))
		}
		require.NoError(t, s.DeleteRoom(ctx, r.ID))
		noStanding(t, s, r.ID, "zoë", now)
		_, err := s.DeleteExpiredStandings(ctx, now, 1000)
		require.NoError(t, err)
		noStanding(t, s, past.RoomID, "past", now.Add(-time.Hour))
		standing(t, s, next.RoomID, "next", now)
	})

	t.Run("an identity that is too long is refused", func(t *testing.T) {
		x := stand(uuid.New(), strings.Repeat("é", 257), now)
		require.Error(t, s.Remove(ctx, x))
		x.Identity = strings.Repeat("é", 256)
		require.NoError(t, s.Remove(ctx, x))
		standing(t, s, x.RoomID, x.Identity, now)
	})
}

// roomRoles: how the rules of a room are looked up for the people in its meeting.
func roomRoles(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, bob := account(t, s, "ada"), account(t, s, "auth0|bob")
	r := room(t, s, "ruled", ada.ID)
	other := room(t, s, "other", bob.ID)
	nameless, err := s.CreateUser(ctx, store.User{Email: ptr("nameless@example.org"), IsActive: true})
	require.NoError(t, err)
	grant(t, s, r.ID, bob.ID, store.Administrator, "2026-01-01 00:00:00+00:00")
	grant(t, s, r.ID, nameless.ID, store.Member, "2026-01-01 00:00:00+00:00")

	roles, err := s.RolesIn(ctx, r.ID, uuid.New(), other.ID)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]map[string]store.Role{
		r.ID:     {"ada": store.Owner, "auth0|bob": store.Administrator, nameless.ID.String(): store.Member},
		other.ID: {"auth0|bob": store.Owner},
	}, roles)
	roles, err = s.RolesIn(ctx)
	require.NoError(t, err)
	require.Empty(t, roles)

	closed := other
	closed.AccessLevel = store.Restricted
	_, err = s.UpdateRoom(ctx, closed)
	require.NoError(t, err)
	levels, err := s.AccessLevels(ctx, r.ID, uuid.New(), other.ID)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]string{r.ID: store.Public, other.ID: store.Restricted}, levels)
	levels, err = s.AccessLevels(ctx)
	require.NoError(t, err)
	require.Empty(t, levels)
}

package meetings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/meetings"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

func TestRemoved_are_refused_in_that_room_for_that_time(t *testing.T) {
	onBoth(t, func(w *world) {
		ctx, now, other := w.Context(), time.Now(), uuid.New()
		long := strings.Repeat("é", 256)
		for _, identity := range []string{"ada", "Ada", "", "a/b:c", long} {
			require.NoError(w, w.Refuse(w.Context(), room, identity))
		}
		for identity, want := range map[string]map[uuid.UUID]bool{"ada": {room: true}, long: {room: true}, "grace": {}} {
			got, err := w.Refused(w.Context(), identity, other, room)
			require.NoError(w, err)
			require.Equal(w, want, got)
			s, err := w.Standing(ctx, room, identity)
			require.NoError(w, err)
			require.Equal(w, want[room], s.Removed)
		}
		require.ErrorIs(w, w.Check(ctx, livekit.Claims{Identity: "ada", Room: room.String(), IssuedAt: now}), livekit.ErrRemoved)
		require.NoError(w, w.Check(ctx, livekit.Claims{Identity: "ada", Room: other.String(), IssuedAt: now}))
		require.NoError(w, w.Check(ctx, livekit.Claims{Identity: "grace", Room: room.String(), IssuedAt: now}))
		require.Error(w, w.Refuse(ctx, room, long+"é"), "nobody has such an identity")
		w.past(59 * time.Second)
		require.ErrorIs(w, w.Check(ctx, livekit.Claims{Identity: "ada", Room: room.String(), IssuedAt: now}), livekit.ErrRemoved)
		w.past(time.Minute)
		require.NoError(w, w.Check(ctx, livekit.Claims{Identity: "ada", Room: room.String(), IssuedAt: now}))
	})
}

// past removes what will have ended d from now.
func (w *world) past(d time.Duration) {
	w.Helper()
	_, err := w.st.DeleteExpiredStandings(w.Context(), time.Now().Add(d), 1000)
	require.NoError(w, err)
}

// A token issued a moment before is considered valid for a minute longer than it lasts.
func TestRemoved_are_refused_longer_than_their_token_lasts(t *testing.T) {
	onBoth(t, func(w *world) {
		w.open(func(o *meetings.Options) { o.RemovedFor, o.TokenTTL = time.Hour, time.Hour })
		require.NoError(w, w.Refuse(w.Context(), room, "ada"))
		w.past(time.Hour + 59*time.Second)
		s, err := w.Standing(w.Context(), room, "ada")
		require.NoError(w, err)
		require.True(w, s.Removed)
		w.past(time.Hour + time.Minute)
		s, err = w.Standing(w.Context(), room, "ada")
		require.NoError(w, err)
		require.False(w, s.Removed)
	})
}

func TestRemoved_are_taken_back_when_that_is_lifted(t *testing.T) {
	onBoth(t, func(w *world) {
		ctx := w.Context()
		require.NoError(w, w.Admit(ctx, room, meetings.Admission{Identity: "ada", Entry: "e", Name: "Ada", Color: "red"}))
		require.NoError(w, w.Refuse(ctx, room, "ada"))
		require.NoError(w, w.Refuse(ctx, room, "never waited"))
		require.ErrorIs(w, w.Admit(ctx, room, meetings.Admission{Identity: "ada"}), meetings.ErrRemoved)
		list, err := w.Removals(ctx, room)
		require.NoError(w, err)
		require.Len(w, list, 2)
		require.Equal(w, "never waited", list[0].Identity)
		require.Empty(w, list[0].Name)
		require.Equal(w, "Ada", list[1].Name)
		require.Equal(w, time.Minute, list[1].Until.Sub(list[1].Since))
		for _, want := range []bool{true, false} {
			lifted, err := w.Readmit(ctx, room, "ada")
			require.NoError(w, err)
			require.Equal(w, want, lifted)
		}
		s, err := w.Standing(ctx, room, "ada")
		require.NoError(w, err)
		require.Equal(w, meetings.Standing{}, s, "a stranger, who is asked about again")
		require.NoError(w, w.Work(ctx, module.Job{Kind: "expel", Args: w.jobs[0].args}))
		require.Empty(w, w.removed, "nobody is put out any more")
		require.NoError(w, w.Admit(ctx, room, meetings.Admission{Identity: "ada"}))
	})
}

func TestRemoved_who_join_again_are_put_out_again(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("public")
		require.NoError(w, w.Refuse(w.Context(), room, "mary"))
		require.NoError(w, w.joined(person("grace")))
		require.Empty(w, w.removed)
		require.NoError(w, w.joined(person("mary")))
		require.Equal(w, []string{room.String() + " mary"}, w.removed)

		require.Len(w, w.jobs, 1, "should the webhook be lost")
		run := func() error {
			return w.Work(w.Context(), module.Job{Kind: w.jobs[0].kind, Args: w.jobs[0].args, Attempt: 1})
		}
		require.Positive(w, w.jobs[0].o.Delay)
		require.NoError(w, run())
		w.down = &livekit.Error{Code: "not_found", Err: errors.New("gone")}
		require.NoError(w, run(), "they have left")
		w.down = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, run(), livekit.ErrUnavailable, "the queue tries again")
		require.ErrorIs(w, w.joined(person("mary")), livekit.ErrUnavailable)
		require.Len(w, w.removed, 5)
		w.past(time.Hour)
		require.NoError(w, run(), "their time is over")
		require.Len(w, w.removed, 5)
	})
}

func TestRemoved_are_looked_for_again_and_again_while_it_lasts(t *testing.T) {
	onBoth(t, func(w *world) {
		require.NoError(w, w.Refuse(w.Context(), room, "ada"))
		var delays []time.Duration
		for i := 0; i < len(w.jobs); i++ { // each job stores the next
			delays = append(delays, w.jobs[i].o.Delay)
			require.NoError(w, w.Work(w.Context(), module.Job{Kind: w.jobs[i].kind, Args: w.jobs[i].args, Attempt: 1}))
		}
		require.Equal(w, []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}, delays, "of a minute")
		require.Len(w, w.removed, len(delays))

		require.NoError(w, w.Refuse(w.Context(), room, "grace"))
		first := w.jobs[len(w.jobs)-1].o.Unique
		require.Eventually(w, func() bool { // times have a resolution of one second
			err := w.Refuse(w.Context(), room, "grace")
			return err == nil && w.jobs[len(w.jobs)-1].o.Unique != first
		}, time.Minute, 10*time.Millisecond, "a later removal has looks of its own")
	})
}

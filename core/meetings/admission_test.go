package meetings_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/meetings"
	"foyer/core/store"
	"foyer/sdk/livekit"
)

// lasts returns how much longer the admission of an identity lasts; 0 = none.
func (w *world) lasts(identity string) time.Duration {
	w.Helper()
	s, err := w.Standing(w.Context(), room, identity)
	require.NoError(w, err)
	if s.Admission == nil {
		return 0
	}
	t, err := w.st.StandingOf(w.Context(), room, identity, time.Now())
	require.NoError(w, err)
	return time.Until(t.EndsAt).Round(time.Minute)
}

func TestAdmission_outlives_the_process_and_lasts_as_long_as_the_meeting(t *testing.T) {
	onBoth(t, func(w *world) {
		w.open(func(o *meetings.Options) { o.AdmittedFor, o.TokenTTL = 20*time.Minute, time.Hour })
		p := w.guest()
		want := meetings.Admission{Identity: p.Identity, Entry: "entry", Name: "Zoë", Color: "red"}
		began := time.Now()
		require.NoError(w, w.Admit(w.Context(), room, want))
		w.open(func(o *meetings.Options) { o.AdmittedFor, o.TokenTTL = 20*time.Minute, time.Hour })
		for _, find := range []func() (meetings.Standing, error){
			func() (meetings.Standing, error) { return w.Standing(w.Context(), room, p.Identity) },
			func() (meetings.Standing, error) { return w.StandingByEntry(w.Context(), room, "entry") },
		} {
			s, err := find()
			require.NoError(w, err)
			require.Equal(w, &want, s.Admission)
		}
		require.Equal(w, 20*time.Minute, w.lasts(p.Identity), "to come")
		require.Zero(w, w.lasts("nobody"))
		s, err := w.Standing(w.Context(), uuid.New(), p.Identity)
		require.NoError(w, err)
		require.Equal(w, meetings.Standing{}, s, "in another room")

		w.room("restricted")
		require.NoError(w, w.joined(p))
		require.Equal(w, 61*time.Minute, w.lasts(p.Identity), "there: longer than a token")
		w.finished(began, time.Now().Add(time.Second))
		require.NotZero(w, w.lasts(p.Identity), "not before that: times are whole seconds")
		turn(w.T)
		w.finished(time.Now(), time.Now().Add(time.Second))
		require.Zero(w, w.lasts(p.Identity), "the meeting is over")
		require.NoError(w, w.joined(p))
		require.Equal(w, []string{p.Identity}, w.out(), "an old token is not an admission to the next one")
	})
}

func TestAdmission_lasts_a_while_after_one_left(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		p, account := w.guest(), person("mary")
		for _, p := range []livekit.Participant{p, account} {
			w.admit(p)
			require.NoError(w, w.joined(p))
			for _, reason := range []string{"DUPLICATE_IDENTITY", "MIGRATION", "STATE_MISMATCH", "SERVER_SHUTDOWN"} {
				w.leaves(reason, p)
			}
			require.Equal(w, 61*time.Minute, w.lasts(p.Identity), "still there")
			again := p
			again.SID = "PA_again"
			require.NoError(w, w.joined(again))
			w.leaves("CLIENT_INITIATED", p)
			require.Equal(w, 61*time.Minute, w.lasts(p.Identity), "there by another connection")
			w.leaves("CLIENT_INITIATED", again)
			require.Equal(w, time.Minute, w.lasts(p.Identity), "in grace")
			w.leaves("CLIENT_INITIATED", again)
			s, err := w.Standing(w.Context(), room, p.Identity)
			require.NoError(w, err)
			before := time.Now()
			turn(w.T) // times have a resolution of one second
			require.NoError(w, w.Asked(w.Context(), room, s))
			require.Equal(w, time.Hour, w.lasts(p.Identity), "asked again")
			require.NoError(w, w.eventOf(before, "participant_left", "CLIENT_INITIATED", again))
			require.Equal(w, time.Hour, w.lasts(p.Identity), "it came late")
		}
		require.Empty(w, w.out())
	})
}

// Events arrive in any order: somebody who has left is not back because their arrival is
// reported late.
func TestAdmission_is_not_prolonged_by_a_connection_that_is_over(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		once, twice := w.guest(), w.guest()
		w.admit(once)
		w.leaves("CLIENT_INITIATED", once)
		require.NoError(w, w.joined(once))
		require.Equal(w, time.Minute, w.lasts(once.Identity))

		w.admit(twice)
		again := twice
		again.SID = "PA_again"
		w.leaves("DUPLICATE_IDENTITY", twice)
		require.NoError(w, w.joined(again))
		require.NoError(w, w.joined(twice))
		require.Equal(w, 61*time.Minute, w.lasts(twice.Identity), "there by another connection")
		w.leaves("CLIENT_INITIATED", again)
		require.Equal(w, time.Minute, w.lasts(twice.Identity))

		late := w.guest()
		w.admit(late)
		w.mute = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, w.joined(late), livekit.ErrUnavailable, "asked again")
		w.mute = nil
		require.NoError(w, w.joined(late))
		require.Equal(w, 61*time.Minute, w.lasts(late.Identity))
		require.Empty(w, w.out())
	})
}

// No event reports an arrival or a departure.
func TestAdmission_follows_who_is_there_without_events(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		stays, leaves := w.guest(), w.guest()
		w.admit(stays)
		w.admit(leaves)
		w.patrol(stays, leaves)
		require.Equal(w, 61*time.Minute, w.lasts(leaves.Identity))
		w.patrol(stays)
		require.Equal(w, 61*time.Minute, w.lasts(leaves.Identity), "one look is not enough")
		w.patrol(stays)
		require.Equal(w, 61*time.Minute, w.lasts(stays.Identity))
		require.Equal(w, time.Minute, w.lasts(leaves.Identity))
		w.patrol() // for a moment the media server shows nobody
		w.patrol(stays)
		require.Equal(w, 61*time.Minute, w.lasts(stays.Identity))
		require.Empty(w, w.out())
	})
}

// A meeting may outlast its tokens.
func TestAdmission_goes_on_while_one_is_there(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		p := w.guest()
		w.admit(p)
		require.NoError(w, w.joined(p))
		w.shorten(p.Identity, 20*time.Minute)
		w.patrol(p)
		require.Equal(w, 61*time.Minute, w.lasts(p.Identity))
		w.shorten(p.Identity, -time.Minute) // nobody has checked for hours
		p.JoinedAt = time.Now().Add(-time.Hour)
		w.patrol(p)
		require.Equal(w, 61*time.Minute, w.lasts(p.Identity))
		require.Empty(w, w.out())
	})
}

// shorten makes an admission end d from now.
func (w *world) shorten(identity string, d time.Duration) {
	w.Helper()
	t, err := w.st.StandingOf(w.Context(), room, identity, time.Now())
	require.NoError(w, err)
	require.NoError(w, w.st.TakeSeat(w.Context(), room, identity, t.Seat, time.Time{}, time.Now(), time.Now().Add(d)))
}

func TestAdmission_is_ended_by_a_removal_of_no_time_too(t *testing.T) {
	onBoth(t, func(w *world) {
		w.open(func(o *meetings.Options) { o.RemovedFor = 0 })
		w.room("restricted")
		p := w.guest()
		w.admit(p)
		require.NoError(w, w.Refuse(w.Context(), room, p.Identity))
		require.Zero(w, w.lasts(p.Identity))
		require.NoError(w, w.Admit(w.Context(), room, meetings.Admission{Identity: p.Identity}))
		require.NoError(w, w.Dismiss(w.Context(), room, p.Identity))
		require.Zero(w, w.lasts(p.Identity))
		require.NoError(w, w.Dismiss(w.Context(), room, p.Identity))
		_, err := w.st.StandingOf(w.Context(), room, p.Identity, time.Now())
		require.ErrorIs(w, err, store.ErrNotFound)
	})
}

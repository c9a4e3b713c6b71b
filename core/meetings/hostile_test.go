package meetings_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/livekit"
)

// strange returns identities that LiveKit accepts from tokens that are not ours, but
// that the database cannot store.
func strange() map[string]string {
	return map[string]string{
		"NUL": "a\x00b", "NUL alone": "\x00", "257 characters": strings.Repeat("x", 257),
		"257 characters of two bytes": strings.Repeat("é", 257), "broken UTF-8": "a\xff", "1 MB": strings.Repeat("x", 1<<20), "none": "",
	}
}

// Another attempt would give the same result.
func TestEvents_of_identities_that_nobody_can_have_are_done_at_once(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		for name, identity := range strange() {
			p := person(identity)
			for _, event := range []string{"participant_joined", "participant_left", "participant_connection_aborted"} {
				require.NoError(w, w.event(event, "CLIENT_INITIATED", p), "%s: %s", name, event)
			}
		}
		list, err := w.st.StandingsIn(w.Context(), room)
		require.NoError(w, err)
		require.Empty(w, list)
		for _, joined := range []time.Time{time.Unix(math.MaxInt64, 0), time.Unix(1<<60, 0), time.Unix(math.MinInt64, 0), time.Now().Add(time.Hour)} {
			p := w.guest()
			w.admit(p)
			p.JoinedAt = joined
			require.NoError(w, w.joined(p))
			require.Equal(w, 61*time.Minute, w.lasts(p.Identity))
		}
	})
}

// One of them does not keep the others from being judged.
func TestJudge_takes_identities_that_nobody_can_have_for_strangers(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		admitted, guest := w.guest(), w.guest()
		w.admit(admitted)
		there, want := []livekit.Participant{admitted, guest, person("mary"), person("ada")}, []string{guest.Identity, "mary"}
		for _, identity := range strange() {
			if identity == "" || strings.Contains(identity, "\xff") { // no answer of LiveKit's can contain these
				continue
			}
			there, want = append(there, person(identity)), append(want, identity)
		}
		foreign := person("a foreign\x00one")
		foreign.Attributes = nil
		w.patrol(append(there, foreign)...)
		require.ElementsMatch(w, want, w.out())
		require.Equal(w, 61*time.Minute, w.lasts(admitted.Identity), "is there")
	})
}

// Participants from before anybody was judged stay, whatever their names.
func TestJudge_keeps_those_of_before_whose_names_cannot_be_kept(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		p, nameless := w.guest(), person("\x00")
		p.Name, p.JoinedAt = "Zo\x00ë"+strings.Repeat("x", 1000), time.Now().Add(-time.Hour)
		nameless.JoinedAt = p.JoinedAt
		w.patrol(nameless, p)
		require.Empty(w, w.out())
		s, err := w.st.StandingOf(w.Context(), room, p.Identity, time.Now())
		require.NoError(w, err)
		require.Equal(w, store.Admitted, s.State)
		require.Equal(w, p.SID, s.Seat)
		require.True(w, strings.HasPrefix(s.Name, "Zoëxxx"))
		require.LessOrEqual(w, len(s.Name), livekit.MaxName)
	})
}

package meetings_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

var meeting = livekit.Room{SID: "RM_1", Name: room.String()}

// with runs a check while these are listed in the meeting; LiveKit's count omits the
// silent ones.
func (w *world) with(identities ...string) {
	w.Helper()
	list := make([]livekit.Participant, len(identities))
	m := meeting
	for i, identity := range identities {
		list[i] = livekit.Participant{Identity: identity, SID: "PA_" + identity, JoinedAt: time.Now()}
		if !w.silent[identity] {
			m.Participants++
		}
	}
	w.people = map[string][]livekit.Participant{m.Name: list}
	w.look(m)
}

// left returns those reported to have left, in order.
func (w *world) left() (identities []string) {
	w.Helper()
	for _, e := range w.told {
		require.Equal(w, "participant_left", e.Name)
		require.Equal(w, room.String(), e.Room)
		event, err := livekit.ParseEvent(e.Body)
		require.NoError(w, err)
		require.Equal(w, "RM_1", event.GetRoom().GetSid())
		require.Equal(w, "PA_"+event.GetParticipant().GetIdentity(), event.GetParticipant().GetSid())
		identities = append(identities, event.GetParticipant().GetIdentity())
	}
	return identities
}

// hook delivers a webhook about a participant.
func (w *world) hook(name, identity, more string) {
	w.Helper()
	body := fmt.Sprintf(`{"event":%q,"room":{"name":%q},"participant":{"identity":%q%s}}`, name, room, identity, more)
	require.NoError(w, w.Accept(w.Context(), module.Event{
		ID: name + identity + more, Name: name, Room: room.String(), At: time.Now(), Body: []byte(body),
	}))
	w.told = nil
}

func TestPeople_who_are_missing_at_two_looks_are_told_to_have_left(t *testing.T) {
	onBoth(t, func(w *world) {
		w.with("ada", "grace", "alan")
		seen := time.Now().Unix()
		turn(w.T)
		w.with("ada", "alan")
		require.Empty(w, w.left(), "she may be about to be back")
		w.with("ada", "grace")
		require.Empty(w, w.left(), "she is")
		w.with("ada", "grace")
		require.Equal(w, []string{"alan"}, w.left())
		require.GreaterOrEqual(w, w.told[0].At.Unix(), seen)
		require.WithinDuration(w, time.Now(), w.told[0].At, 10*time.Second)
		w.with("ada")
		w.with("ada")
		w.with("ada")
		require.Equal(w, []string{"alan", "grace"}, w.left())
	})
}

func TestPeople_of_whom_a_webhook_told_are_not_told_again(t *testing.T) {
	onBoth(t, func(w *world) {
		w.with("ada", "grace", "alan", "mary", "zoe")
		w.hook("participant_left", "grace", "")
		w.hook("participant_connection_aborted", "alan", "")
		w.hook("participant_left", "mary", `,"disconnectReason":"DUPLICATE_IDENTITY"`)
		w.hook("participant_joined", "zoe", "")
		w.with("ada")
		w.with("ada")
		require.ElementsMatch(w, []string{"mary", "zoe"}, w.left(), "one who was to be back, and one of whom only the coming was told")
	})
}

func TestPeople_who_are_on_the_list_only_have_left(t *testing.T) {
	onBoth(t, func(w *world) {
		w.with("ada", "grace")
		w.silent = map[string]bool{"grace": true, "alan": true} // they were at a server that died
		w.with("ada", "grace", "alan")
		require.Empty(w, w.left())
		w.with("ada", "grace", "alan")
		require.ElementsMatch(w, []string{"grace", "alan"}, w.left())
		w.with("ada", "grace", "alan")
		w.with("ada", "grace", "alan")
		require.Len(w, w.told, 2, "they stay on the list for ever")
		w.silent = nil
		w.told = nil
		w.people[room.String()] = nil
		again := livekit.Participant{Identity: "grace", SID: "PA_2"}
		w.people = map[string][]livekit.Participant{room.String(): {again}}
		m := meeting
		m.Participants = 1
		w.look(m)
		w.people = nil
		w.look(m)
		w.look(m)
		require.Len(w, w.told, 2, "who came back leaves like anybody: grace, and ada")
	})
}

func TestPeople_are_no_agents_and_none_of_another_meeting(t *testing.T) {
	onBoth(t, func(w *world) {
		w.people = map[string][]livekit.Participant{meeting.Name: {
			{Identity: "scribe", SID: "PA_1", Dependent: true}, {Identity: "gone", SID: "PA_2", Disconnected: true}, {Identity: "ada", SID: "PA_3"},
		}}
		w.look(meeting)
		next := livekit.Room{SID: "RM_2", Name: meeting.Name}
		w.people = nil
		for range 3 {
			w.look(next)
		}
		require.Empty(w, w.left(), "the end of the first meeting has told of them all")
	})
}

func TestPeople_are_not_told_to_have_left_while_LiveKit_says_nothing(t *testing.T) {
	onBoth(t, func(w *world) {
		w.with("ada")
		w.mute = errors.New("too much to do")
		w.people = nil
		for range 3 {
			w.look(meeting)
		}
		require.Empty(w, w.left())
		w.mute = nil
		w.with("ada")
		w.with()
		w.with()
		require.Equal(w, []string{"ada"}, w.left())
	})
}

package lobby_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// awaitListener returns once messages reach the participants: a client that has just
// joined does not hear them yet.
func awaitListener(m *coretest.Meeting, heard <-chan string) {
	m.Helper()
	client := livekit.NewClient(m.Server.LiveKit())
	defer client.Close()
	say := func(text string) {
		require.NoError(m, client.SendData(m.Context(), m.Room["id"].(string), []byte(text)))
	}
	for listens := false; !listens; {
		say("does anybody listen?")
		select {
		case <-heard:
			listens = true
		case <-time.After(10 * coretest.WaitShort):
		}
	}
	say("that is all")
	for next(m.T, heard) != "that is all" {
	}
}

// next returns the next message heard.
func next(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case text := <-heard:
		return text
	case <-time.After(coretest.WaitLong):
		t.Fatal("nothing is heard")
		return ""
	}
}

func TestLobby_tells_the_meeting_of_each_who_comes_and_of_nobody_twice(t *testing.T) {
	t.Parallel()
	s := coretest.NewMeeting(t, "memory")
	early := &coretest.Knocker{Browser: s.Anonymous()}
	early.Ask("Early").Waits() // nobody is there to hear it
	heard := make(chan string, 1000)
	s.Join(s.Who["ada"].Get(coretest.LobbyRoom), heard)
	awaitListener(s, heard)
	for range 3 {
		early.Ask("Early").Waits()
	}
	const waits = `{"type":"participantWaiting"}`
	s.Who["alan"].Get(coretest.LobbyRoom)
	(&coretest.Knocker{Browser: s.Who["alan"]}).Ask("Alan").Admitted()
	for range 2 {
		guest := &coretest.Knocker{Browser: s.Anonymous()}
		guest.Ask("Late").Waits()
		require.Equal(t, waits, next(t, heard))
		guest.Ask("Late").Waits()
	}
	for range 2 { // both come at once: the first is announced at once, the other within a second
		(&coretest.Knocker{Browser: s.Anonymous()}).Ask("Last").Waits()
	}
	require.Equal(t, waits, next(t, heard))
	time.Sleep(2 * time.Second) // nothing more may be heard
	require.LessOrEqual(t, len(heard), 1)
}

// Nothing answers at the media server's address here.
func TestLobby_lets_wait_while_the_media_server_is_down(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	require.Contains(t, s.Logs.String(), "meeting not told that somebody waits")
	s.Decide(guest.ID, true).Is(200, coretest.Decided)
	guest.Ask("Zoë").Admitted()
}

func TestLobby_forgets_who_leaves_and_everybody_when_the_meeting_is_over(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := coretest.NewMeeting(t, kept, coretest.Graceless)
			stays, leaves, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
			for _, k := range []*coretest.Knocker{stays, leaves, mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
			}
			status := func(k *coretest.Knocker) string {
				status, _ := k.Ask("Zoë").JSON()["status"].(string)
				return status
			}
			owner := s.Join(s.Who["ada"].Get(coretest.LobbyRoom), nil)
			s.Join(stays.Ask("Zoë"), nil)
			for _, k := range []*coretest.Knocker{leaves, mary} {
				s.Join(k.Ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return status(k) == "waiting" }, coretest.Silence, 10*coretest.WaitShort)
			}
			require.Equal(t, "accepted", status(stays))
			s.Join(stays.Ask("Zoë"), nil) // again, replacing the first connection: nobody left
			s.Decide(leaves.ID, true).Is(200, coretest.Decided)
			coretest.InTheNextSecond(t) // decisions in the second of the end count for the next meeting

			client := livekit.NewClient(module.LiveKit{URL: s.Server.URL, APIKey: s.Server.Key, APISecret: conf.NewSecret(s.Server.Secret)})
			require.NoError(t, client.DeleteRoom(t.Context(), s.Room["id"].(string)))
			client.Close()
			owner.Disconnect()
			require.Eventually(t, func() bool { // guests who asked just before the end was reported have to ask again
				return status(stays) == "waiting" && status(leaves) == "waiting" && len(s.Waiters()) == 2
			}, coretest.Silence, 10*coretest.WaitShort)
			require.ElementsMatch(t, []string{stays.ID, leaves.ID}, s.Waiters())
		})
	}
}

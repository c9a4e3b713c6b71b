package core_test

import (
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Meeting is a staffed house and a media server that sends it webhooks.
type Meeting struct {
	*Staff
	Server *livekitdev.Server
	Box    *postbox
}

func NewMeeting(t *testing.T, kept string, change ...Setting) *Meeting {
	t.Helper()
	box := NewPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
	h := Open(t, append(change, Lobbies[kept], Media(server), Patient)...)
	box.Forward(h)
	return &Meeting{NewStaff(h), server, box}
}

// Join joins the meeting with the token in an answer, and returns once the media server
// has reported it: it reports nothing about participants who leave before that. heard
// may be nil.
func (m *Meeting) Join(a Answer, heard chan<- string) *lksdk.Room {
	m.Helper()
	callback := lksdk.NewRoomCallback()
	if heard != nil {
		callback.OnDataPacket = func(data lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if p, ok := data.(*lksdk.UserDataPacket); ok {
				heard <- p.Topic + string(p.Payload)
			}
		}
	}
	room := m.Server.JoinT(m, a.Token(), callback)
	m.Box.Await("participant_joined")
	return room
}

// awaitListener returns once messages reach the participants: a client that has just
// joined does not hear them yet.
func (m *Meeting) awaitListener(heard <-chan string) {
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
		case <-time.After(10 * WaitShort):
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
	case <-time.After(WaitLong):
		t.Fatal("nothing is heard")
		return ""
	}
}

// Silence is a little longer than the media server may take to miss a client whose
// goodbye was lost.
const Silence = time.Minute

func TestLobby_tells_the_meeting_of_each_who_comes_and_of_nobody_twice(t *testing.T) {
	s := NewMeeting(t, "memory")
	early := &Knocker{Browser: s.Anonymous()}
	early.Ask("Early").Waits() // nobody is there to hear it
	heard := make(chan string, 1000)
	s.Join(s.Who["ada"].Get(LobbyRoom), heard)
	s.awaitListener(heard)
	for range 3 {
		early.Ask("Early").Waits()
	}
	const waits = `{"type":"participantWaiting"}`
	s.Who["alan"].Get(LobbyRoom)
	(&Knocker{Browser: s.Who["alan"]}).Ask("Alan").Admitted()
	for range 2 {
		guest := &Knocker{Browser: s.Anonymous()}
		guest.Ask("Late").Waits()
		require.Equal(t, waits, next(t, heard))
		guest.Ask("Late").Waits()
	}
	for range 2 { // both come at once: the first is announced at once, the other within a second
		(&Knocker{Browser: s.Anonymous()}).Ask("Last").Waits()
	}
	require.Equal(t, waits, next(t, heard))
	time.Sleep(2 * time.Second) // nothing more may be heard
	require.LessOrEqual(t, len(heard), 1)
}

// Nothing answers at the media server's address here.
func TestLobby_lets_wait_while_the_media_server_is_down(t *testing.T) {
	s := NewStaff(Open(t, Engines["sqlite"], Patient))
	guest := &Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	require.Contains(t, s.Logs.String(), "meeting not told that somebody waits")
	s.Decide(guest.ID, true).Is(200, Decided)
	guest.Ask("Zoë").Admitted()
}

func TestLobby_forgets_who_leaves_and_everybody_when_the_meeting_is_over(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			s := NewMeeting(t, kept, Graceless)
			stays, leaves, mary := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Who["mary"]}
			for _, k := range []*Knocker{stays, leaves, mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, Decided)
			}
			status := func(k *Knocker) string {
				status, _ := k.Ask("Zoë").JSON()["status"].(string)
				return status
			}
			owner := s.Join(s.Who["ada"].Get(LobbyRoom), nil)
			s.Join(stays.Ask("Zoë"), nil)
			for _, k := range []*Knocker{leaves, mary} {
				s.Join(k.Ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return status(k) == "waiting" }, Silence, 10*WaitShort)
			}
			require.Equal(t, "accepted", status(stays))
			s.Join(stays.Ask("Zoë"), nil) // again, replacing the first connection: nobody left
			s.Decide(leaves.ID, true).Is(200, Decided)
			InTheNextSecond(t) // decisions in the second of the end count for the next meeting

			client := livekit.NewClient(module.LiveKit{URL: s.Server.URL, APIKey: s.Server.Key, APISecret: conf.NewSecret(s.Server.Secret)})
			require.NoError(t, client.DeleteRoom(t.Context(), s.Room["id"].(string)))
			client.Close()
			owner.Disconnect()
			require.Eventually(t, func() bool { // guests who asked just before the end was reported have to ask again
				return status(stays) == "waiting" && status(leaves) == "waiting" && len(s.Waiters()) == 2
			}, Silence, 10*WaitShort)
			require.ElementsMatch(t, []string{stays.ID, leaves.ID}, s.Waiters())
		})
	}
}

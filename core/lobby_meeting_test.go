package core_test

import (
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// meeting is a staffed house and a media server that sends it webhooks.
type meeting struct {
	*staff
	server *livekitdev.Server
	box    *postbox
}

func newMeeting(t *testing.T, kept string, change ...setting) *meeting {
	t.Helper()
	box := newPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
	h := open(t, append(change, lobbies[kept], media(server), patient)...)
	box.forward(h)
	return &meeting{newStaff(h), server, box}
}

// join joins the meeting with the token in an answer, and returns once the media server
// has reported it: it reports nothing about participants who leave before that. heard
// may be nil.
func (m *meeting) join(a answer, heard chan<- string) *lksdk.Room {
	m.Helper()
	callback := lksdk.NewRoomCallback()
	if heard != nil {
		callback.OnDataPacket = func(data lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if p, ok := data.(*lksdk.UserDataPacket); ok {
				heard <- p.Topic + string(p.Payload)
			}
		}
	}
	room := m.server.JoinT(m, a.token(), callback)
	m.box.await("participant_joined")
	return room
}

// awaitListener returns once messages reach the participants: a client that has just
// joined does not hear them yet.
func (m *meeting) awaitListener(heard <-chan string) {
	m.Helper()
	client := livekit.NewClient(m.server.LiveKit())
	defer client.Close()
	say := func(text string) {
		require.NoError(m, client.SendData(m.Context(), m.room["id"].(string), []byte(text)))
	}
	for listens := false; !listens; {
		say("does anybody listen?")
		select {
		case <-heard:
			listens = true
		case <-time.After(10 * waitShort):
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
	case <-time.After(waitLong):
		t.Fatal("nothing is heard")
		return ""
	}
}

// silence is a little longer than the media server may take to miss a client whose
// goodbye was lost.
const silence = time.Minute

func TestLobby_tells_the_meeting_of_each_who_comes_and_of_nobody_twice(t *testing.T) {
	s := newMeeting(t, "memory")
	early := &knocker{browser: s.anonymous()}
	early.ask("Early").waits() // nobody is there to hear it
	heard := make(chan string, 1000)
	s.join(s.who["ada"].get(lobbyRoom), heard)
	s.awaitListener(heard)
	for range 3 {
		early.ask("Early").waits()
	}
	const waits = `{"type":"participantWaiting"}`
	s.who["alan"].get(lobbyRoom)
	(&knocker{browser: s.who["alan"]}).ask("Alan").admitted()
	for range 2 {
		guest := &knocker{browser: s.anonymous()}
		guest.ask("Late").waits()
		require.Equal(t, waits, next(t, heard))
		guest.ask("Late").waits()
	}
	for range 2 { // both come at once: the first is announced at once, the other within a second
		(&knocker{browser: s.anonymous()}).ask("Last").waits()
	}
	require.Equal(t, waits, next(t, heard))
	time.Sleep(2 * time.Second) // nothing more may be heard
	require.LessOrEqual(t, len(heard), 1)
}

// Nothing answers at the media server's address here.
func TestLobby_lets_wait_while_the_media_server_is_down(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	require.Contains(t, s.logs.String(), "meeting not told that somebody waits")
	s.decide(guest.id, true).is(200, decided)
	guest.ask("Zoë").admitted()
}

func TestLobby_forgets_who_leaves_and_everybody_when_the_meeting_is_over(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newMeeting(t, kept, graceless)
			stays, leaves, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
			for _, k := range []*knocker{stays, leaves, mary} {
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
			}
			status := func(k *knocker) string {
				status, _ := k.ask("Zoë").json()["status"].(string)
				return status
			}
			owner := s.join(s.who["ada"].get(lobbyRoom), nil)
			s.join(stays.ask("Zoë"), nil)
			for _, k := range []*knocker{leaves, mary} {
				s.join(k.ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return status(k) == "waiting" }, silence, 10*waitShort)
			}
			require.Equal(t, "accepted", status(stays))
			s.join(stays.ask("Zoë"), nil) // again, replacing the first connection: nobody left
			s.decide(leaves.id, true).is(200, decided)
			inTheNextSecond(t) // decisions in the second of the end count for the next meeting

			client := livekit.NewClient(module.LiveKit{URL: s.server.URL, APIKey: s.server.Key, APISecret: conf.NewSecret(s.server.Secret)})
			require.NoError(t, client.DeleteRoom(t.Context(), s.room["id"].(string)))
			client.Close()
			owner.Disconnect()
			require.Eventually(t, func() bool { // guests who asked just before the end was reported have to ask again
				return status(stays) == "waiting" && status(leaves) == "waiting" && len(s.waiters()) == 2
			}, silence, 10*waitShort)
			require.ElementsMatch(t, []string{stays.id, leaves.id}, s.waiters())
		})
	}
}

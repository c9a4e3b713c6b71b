package core_test

import (
	"slices"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
)

const removed = `{"detail":"Invalid LiveKit token: The participant was removed"}`

// noEntry reports whether a room object is the one for users who may not enter.
func noEntry(o object) bool {
	_, entry := o["livekit"]
	_, pin := o["pin_code"]
	return !entry && !pin
}

func TestRemoved_get_no_token_for_the_room_and_are_put_out_again(t *testing.T) {
	onEachStudio(t, func(s *studio) {
		m := s.meet(object{"name": "Talk"})
		other := m.ada.create(object{"name": "Other"})
		mary := m.signIn("mary")
		m.grant(object{"id": m.id}, "mary", store.Member)
		m.grant(other, "mary", store.Member)
		token := mary.tokenOf(m.id)
		gone := make(chan lksdk.DisconnectionReason, 10)
		on := lksdk.NewRoomCallback()
		on.OnDisconnectedWithReason = func(why lksdk.DisconnectionReason) { gone <- why }
		m.join(token, on)
		mary.act(m.id, "toggle-hand", object{"raised": true}, token).is(200, success)

		m.ada.act("talk", "remove-participant", object{"participant_identity": "mary"}).is(200, success)
		require.Equal(s, lksdk.ParticipantRemoved, <-gone)
		require.True(s, noEntry(mary.get("/api/v1.0/rooms/talk/?username=M").json()))
		list := mary.get("/api/v1.0/rooms/").json()["results"].([]any)
		require.Len(s, list, 2)
		for _, o := range list {
			require.Equal(s, o.(object)["id"] == m.id, noEntry(o.(object)), "of the other room she gets a token")
		}
		mary.act(m.id, "toggle-hand", object{"raised": true}, token).is(403, removed)
		mary.act(m.id, "mute-participant", object{}, token).is(403, removed)
		m.subtitlesOf(m.id, token).is(403, removed)

		// The token outlives the removal. The connection may be over before the client
		// has noticed that it was in.
		again, err := lksdk.ConnectToRoomWithToken(s.server.URL, token, on, lksdk.WithDisableRegionDiscovery())
		if err == nil {
			require.Equal(s, lksdk.ParticipantRemoved, <-gone)
			again.Disconnect()
		}
		require.Eventually(s, func() bool { return !m.present(m.id, "mary") }, waitLong, waitShort)
		m.ada.act("talk", "remove-participant", object{"participant_identity": "mary"}).is(404, noParticipant)

		m.anonymous().act(m.id, "rename", object{"name": "x"}, m.token).is(200, success) // the guest is not affected
		require.False(s, noEntry(m.signIn("alan").get("/api/v1.0/rooms/talk/").json()))
	})
}

// The time is longer than LiveKit goes on looking for somebody who was removed twice at
// once.
func TestRemoved_come_back_when_the_time_is_over(t *testing.T) {
	s := openStudio(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 8 * time.Second })
	m := s.meet(object{})
	mary := m.signIn("mary")
	token := mary.tokenOf(m.id)
	m.join(token, nil)
	m.ada.act(m.id, "remove-participant", object{"participant_identity": "mary"}).is(200, success)
	require.Eventually(t, func() bool { return !noEntry(mary.get("/api/v1.0/rooms/talk/").json()) }, waitLong, waitShort)
	m.join(token, nil)
	mary.act(m.id, "toggle-hand", object{"raised": true}, token).is(200, success)
}

func TestRemoved_for_no_time_are_disconnected_only(t *testing.T) {
	s := openStudio(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 0 })
	m := s.meet(object{})
	m.ada.act(m.id, "remove-participant", object{"participant_identity": m.guest}).is(200, success)
	require.Eventually(t, func() bool { return !m.present(m.id, m.guest) }, waitLong, waitShort)
	m.join(m.token, nil)
	m.anonymous().act(m.id, "rename", object{"name": "x"}, m.token).is(200, success)
}

func TestRemoved_owners_and_administrators_are_disconnected_only(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	grace := m.signIn("grace")
	m.grant(object{"id": m.id}, "grace", store.Administrator)
	for identity, b := range map[string]*browser{"ada": m.ada, "grace": grace} {
		token := b.tokenOf(m.id)
		m.join(token, nil)
		grace.act(m.id, "remove-participant", object{"participant_identity": identity}).is(200, success)
		require.Eventually(t, func() bool { return !m.present(m.id, identity) }, waitLong, waitShort)
		require.False(t, noEntry(b.get("/api/v1.0/rooms/talk/").json()))
		m.join(token, nil)
		b.act(m.id, "toggle-hand", object{"raised": true}, token).is(200, success)
	}
}

// The removal comes before the participant is there, and nothing reports the arrival.
func TestRemoved_are_put_out_by_a_job_when_webhooks_are_lost(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	h := open(t, engines["sqlite"], media(server))
	s := &studio{house: h, server: server, live: clientOf(t, server)}
	m := s.meet(object{})
	late := m.anonymous().tokenOf(m.id)
	identity := m.identityOf(late)
	m.ada.act(m.id, "remove-participant", object{"participant_identity": identity}).is(404, noParticipant)
	m.join(late, nil)
	require.Eventually(t, func() bool { return !m.present(m.id, identity) }, waitLong, waitShort)
	require.True(t, m.present(m.id, m.guest))
}

func TestRemove_asks_for_an_identity(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	ada.create(object{"name": "Talk"})
	ada.act("talk", "remove-participant", object{}).is(400, `{"participant_identity":["This field is required."]}`)
	ada.act("talk", "remove-participant", `{"participant_identity":[]}`).is(400, `{"participant_identity":["Not a valid string."]}`)
}

func TestRemoved_are_refused_at_every_gateway(t *testing.T) {
	first := openStudio(t, engines["postgres"])
	m := first.meet(object{})
	second := open(t, media(first.server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets, c.OIDC = first.cfg.Database, first.cfg.Secrets, first.cfg.OIDC
	})
	mary := first.signIn("mary")
	token := mary.tokenOf(m.id)
	m.join(token, nil)
	m.ada.act(m.id, "remove-participant", object{"participant_identity": "mary"}).is(200, success)
	second.anonymous().act(m.id, "toggle-hand", object{"raised": true}, token).is(403, removed)
	require.True(t, slices.Equal([]string{"access_level", "configuration", "id", "name", "slug"}, keys(second.signIn("mary").get("/api/v1.0/rooms/talk/").json())))
}

func TestRemoved_are_denied_in_the_lobby_and_wait_for_nobody(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newMeeting(t, kept)
			guest, mary, new := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}, &knocker{browser: s.anonymous()}
			for identity, k := range map[string]*knocker{"": guest, "mary": mary} {
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
				a := k.ask("Zoë")
				token := a.token()
				s.join(a, nil)
				if identity == "" {
					identity = k.id
				}
				s.who["grace"].act(s.room["id"].(string), "remove-participant", object{"participant_identity": identity}).is(200, success)
				s.anonymous().act(s.room["id"].(string), "toggle-hand", object{"raised": true}, token).is(403, removed)
			}
			for _, k := range []*knocker{guest, mary} {
				for _, level := range []string{"restricted", "public"} {
					s.setLevel(level)
					a := k.ask("Zoë")
					require.Equal(t, "denied", a.json()["status"], a.body)
					require.Nil(t, a.livekit())
					require.Contains(t, a.header.Get("Set-Cookie"), k.id)
				}
			}
			s.setLevel("restricted")
			require.Empty(t, s.waiters())
			s.decide(guest.id, true).is(404, notWaiting)
			new.ask("Zoë").waits()
			require.Len(t, s.waiters(), 1)
			s.who["ada"].act(s.room["id"].(string), "remove-participant", object{"participant_identity": new.id}).is(404, noParticipant)
			require.Empty(t, s.waiters(), "who only waits is removed as well")
			(&knocker{browser: s.who["alan"]}).ask("Alan").admitted()
		})
	}
}

func TestRemoved_stay_out_while_Redis_is_away(t *testing.T) {
	s := openStudio(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Redis.URL = conf.NewSecret("redis://127.0.0.1:1/0") })
	m := s.meet(object{})
	mary := m.signIn("mary")
	token := mary.tokenOf(m.id)
	m.join(token, nil)
	m.ada.act(m.id, "remove-participant", object{"participant_identity": "mary"}).is(200, success)
	require.True(t, noEntry(mary.get("/api/v1.0/rooms/talk/").json()))
	mary.act(m.id, "toggle-hand", object{"raised": true}, token).is(403, removed)
	require.Contains(t, m.logs.String(), "lobby record of a removed participant stays")
}

package participants_test

import (
	"slices"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
)

const removed = `{"detail":"Invalid LiveKit token: The participant was removed"}`

// noEntry reports whether a room object is the one for users who may not enter.
func noEntry(o coretest.Object) bool {
	_, entry := o["livekit"]
	_, pin := o["pin_code"]
	return !entry && !pin
}

func TestRemoved_get_no_token_for_the_room_and_are_put_out_again(t *testing.T) {
	t.Parallel()
	coretest.OnEachStudio(t, func(s *coretest.Studio) {
		m := s.Meet(coretest.Object{"name": "Talk"})
		other := m.Ada.Create(coretest.Object{"name": "Other"})
		mary := m.SignIn("mary")
		m.Grant(coretest.Object{"id": m.ID}, "mary", store.Member)
		m.Grant(other, "mary", store.Member)
		token := mary.TokenOf(m.ID)
		gone := make(chan lksdk.DisconnectionReason, 10)
		on := lksdk.NewRoomCallback()
		on.OnDisconnectedWithReason = func(why lksdk.DisconnectionReason) { gone <- why }
		m.Join(token, on)
		mary.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(200, coretest.Success)

		m.Ada.Act("talk", "remove-participant", coretest.Object{"participant_identity": "mary"}).Is(200, coretest.Success)
		require.Equal(s, lksdk.ParticipantRemoved, <-gone)
		require.True(s, noEntry(mary.Get("/api/v1.0/rooms/talk/?username=M").JSON()))
		list := mary.Get("/api/v1.0/rooms/").JSON()["results"].([]any)
		require.Len(s, list, 2)
		for _, o := range list {
			require.Equal(s, o.(coretest.Object)["id"] == m.ID, noEntry(o.(coretest.Object)), "of the other room she gets a token")
		}
		mary.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(403, removed)
		mary.Act(m.ID, "mute-participant", coretest.Object{}, token).Is(403, removed)
		m.SubtitlesOf(m.ID, token).Is(403, removed)

		// The token outlives the removal. The connection may be over before the client
		// has noticed that it was in.
		again, err := lksdk.ConnectToRoomWithToken(s.Server.URL, token, on, lksdk.WithDisableRegionDiscovery())
		if err == nil {
			require.Equal(s, lksdk.ParticipantRemoved, <-gone)
			again.Disconnect()
		}
		require.Eventually(s, func() bool { return !m.Present(m.ID, "mary") }, coretest.WaitLong, coretest.WaitShort)
		m.Ada.Act("talk", "remove-participant", coretest.Object{"participant_identity": "mary"}).Is(404, coretest.NoParticipant)

		m.Anonymous().Act(m.ID, "rename", coretest.Object{"name": "x"}, m.Token).Is(200, coretest.Success) // the guest is not affected
		require.False(s, noEntry(m.SignIn("alan").Get("/api/v1.0/rooms/talk/").JSON()))
	})
}

// The time is longer than LiveKit goes on looking for somebody who was removed twice at
// once.
func TestRemoved_come_back_when_the_time_is_over(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 8 * time.Second })
	m := s.Meet(coretest.Object{})
	mary := m.SignIn("mary")
	token := mary.TokenOf(m.ID)
	m.Join(token, nil)
	m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": "mary"}).Is(200, coretest.Success)
	require.Eventually(t, func() bool { return !noEntry(mary.Get("/api/v1.0/rooms/talk/").JSON()) }, coretest.WaitLong, coretest.WaitShort)
	m.Join(token, nil)
	mary.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(200, coretest.Success)
}

func TestRemoved_for_no_time_are_disconnected_only(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 0 })
	m := s.Meet(coretest.Object{})
	m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": m.Guest}).Is(200, coretest.Success)
	require.Eventually(t, func() bool { return !m.Present(m.ID, m.Guest) }, coretest.WaitLong, coretest.WaitShort)
	m.Join(m.Token, nil)
	m.Anonymous().Act(m.ID, "rename", coretest.Object{"name": "x"}, m.Token).Is(200, coretest.Success)
}

func TestRemoved_owners_and_administrators_are_disconnected_only(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	grace := m.SignIn("grace")
	m.Grant(coretest.Object{"id": m.ID}, "grace", store.Administrator)
	for identity, b := range map[string]*coretest.Browser{"ada": m.Ada, "grace": grace} {
		token := b.TokenOf(m.ID)
		m.Join(token, nil)
		grace.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": identity}).Is(200, coretest.Success)
		require.Eventually(t, func() bool { return !m.Present(m.ID, identity) }, coretest.WaitLong, coretest.WaitShort)
		require.False(t, noEntry(b.Get("/api/v1.0/rooms/talk/").JSON()))
		m.Join(token, nil)
		b.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(200, coretest.Success)
	}
}

// The removal comes before the participant is there, and nothing reports the arrival.
func TestRemoved_are_put_out_by_a_job_when_webhooks_are_lost(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	h := coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server))
	s := &coretest.Studio{House: h, Server: server, Live: coretest.ClientOf(t, server)}
	m := s.Meet(coretest.Object{})
	late := m.Anonymous().TokenOf(m.ID)
	identity := m.IdentityOf(late)
	m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": identity}).Is(404, coretest.NoParticipant)
	m.Join(late, nil)
	require.Eventually(t, func() bool { return !m.Present(m.ID, identity) }, coretest.WaitLong, coretest.WaitShort)
	require.True(t, m.Present(m.ID, m.Guest))
}

func TestRemove_asks_for_an_identity(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Talk"})
	ada.Act("talk", "remove-participant", coretest.Object{}).Is(400, `{"participant_identity":["This field is required."]}`)
	ada.Act("talk", "remove-participant", `{"participant_identity":[]}`).Is(400, `{"participant_identity":["Not a valid string."]}`)
}

func TestRemoved_are_refused_at_every_gateway(t *testing.T) {
	t.Parallel()
	first := coretest.OpenStudio(t, coretest.Engines["postgres"])
	m := first.Meet(coretest.Object{})
	second := coretest.Open(t, coretest.Media(first.Server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets, c.OIDC = first.Config.Database, first.Config.Secrets, first.Config.OIDC
	})
	mary := first.SignIn("mary")
	token := mary.TokenOf(m.ID)
	m.Join(token, nil)
	m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": "mary"}).Is(200, coretest.Success)
	second.Anonymous().Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(403, removed)
	require.True(t, slices.Equal([]string{"access_level", "configuration", "id", "name", "slug"}, coretest.Keys(second.SignIn("mary").Get("/api/v1.0/rooms/talk/").JSON())))
}

func TestRemoved_are_denied_in_the_lobby_and_wait_for_nobody(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := coretest.NewMeeting(t, kept)
			guest, mary, new := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}, &coretest.Knocker{Browser: s.Anonymous()}
			for identity, k := range map[string]*coretest.Knocker{"": guest, "mary": mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
				a := k.Ask("Zoë")
				token := a.Token()
				s.Join(a, nil)
				if identity == "" {
					identity = k.ID
				}
				s.Who["grace"].Act(s.Room["id"].(string), "remove-participant", coretest.Object{"participant_identity": identity}).Is(200, coretest.Success)
				s.Anonymous().Act(s.Room["id"].(string), "toggle-hand", coretest.Object{"raised": true}, token).Is(403, removed)
			}
			for _, k := range []*coretest.Knocker{guest, mary} {
				for _, level := range []string{"restricted", "public"} {
					s.SetLevel(level)
					a := k.Ask("Zoë")
					require.Equal(t, "denied", a.JSON()["status"], a.Body)
					require.Nil(t, a.LiveKit())
					require.Contains(t, a.Header.Get("Set-Cookie"), k.ID)
				}
			}
			s.SetLevel("restricted")
			require.Empty(t, s.Waiters())
			s.Decide(guest.ID, true).Is(404, coretest.NotWaiting)
			new.Ask("Zoë").Waits()
			require.Len(t, s.Waiters(), 1)
			s.Who["ada"].Act(s.Room["id"].(string), "remove-participant", coretest.Object{"participant_identity": new.ID}).Is(404, coretest.NoParticipant)
			require.Empty(t, s.Waiters(), "who only waits is removed as well")
			(&coretest.Knocker{Browser: s.Who["alan"]}).Ask("Alan").Admitted()
		})
	}
}

func TestRemoved_stay_out_while_Redis_is_away(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Redis.URL = conf.NewSecret("redis://127.0.0.1:1/0") })
	m := s.Meet(coretest.Object{})
	mary := m.SignIn("mary")
	token := mary.TokenOf(m.ID)
	m.Join(token, nil)
	m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": "mary"}).Is(200, coretest.Success)
	require.True(t, noEntry(mary.Get("/api/v1.0/rooms/talk/").JSON()))
	mary.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, token).Is(403, removed)
	require.Contains(t, m.Logs.String(), "lobby record of a removed participant stays")
}

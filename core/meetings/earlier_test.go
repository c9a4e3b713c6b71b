package meetings_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/livekithook"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// comesBack joins with a token that should not let anybody stay, and returns once the
// media server has no such participant. The client may be out before it has noticed that
// it was in.
func comesBack(m *coretest.Meeting, token, identity string) {
	m.Helper()
	gone := make(chan lksdk.DisconnectionReason, 10)
	on := lksdk.NewRoomCallback()
	on.OnDisconnectedWithReason = func(why lksdk.DisconnectionReason) { gone <- why }
	room, err := lksdk.ConnectToRoomWithToken(m.Server.URL, token, on, livekitdev.OnLoopback()...)
	if err == nil {
		defer room.Disconnect()
		select {
		case why := <-gone:
			require.Equal(m, lksdk.ParticipantRemoved, why)
		case <-time.After(coretest.Silence):
			m.Fatal("they are still there")
		}
	}
	absent(m, identity)
}

// absent returns once the media server has no such participant.
func absent(m *coretest.Meeting, identity string) {
	m.Helper()
	live := coretest.ClientOf(m.T, m.Server)
	require.Eventually(m, func() bool {
		list, err := live.ListParticipants(m.Context(), m.Room["id"].(string))
		if err != nil {
			return false
		}
		for _, p := range list {
			if p.Identity == identity && !p.Disconnected {
				return false
			}
		}
		return true
	}, coretest.Silence, 10*coretest.WaitShort)
}

// wayIn is how the gateway learns about arrivals.
type wayIn struct {
	webhooks bool
	late     time.Duration
	every    time.Duration // how often it looks for itself
}

// A token lasts for hours, but a meeting perhaps only minutes.
func TestTokens_of_an_earlier_meeting_let_nobody_stay(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]wayIn{
		"told":      {webhooks: true, every: time.Hour},
		"told late": {webhooks: true, late: time.Second, every: time.Hour}, // LiveKit tells of one event after the other
		"not told":  {every: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeetingBy(t, way)
			guest, mary := &coretest.Knocker{Browser: m.Anonymous()}, &coretest.Knocker{Browser: m.Who["mary"]}
			tokens := map[string]string{}
			for identity, k := range map[string]*coretest.Knocker{"": guest, "mary": mary} {
				k.Ask("Zoë").Waits()
				m.Decide(k.ID, true).Is(200, coretest.Decided)
				if identity == "" {
					identity = k.ID
				}
				a := k.Ask("Zoë")
				tokens[identity] = a.Token()
				m.Server.JoinT(t, a.Token(), nil)
				m.AwaitSeat(identity)
			}
			live := coretest.ClientOf(t, m.Server)
			coretest.InTheNextSecond(t) // a guest admitted in the second of the end comes to the next meeting
			require.NoError(t, live.DeleteRoom(t.Context(), m.Room["id"].(string)))
			for _, k := range []*coretest.Knocker{guest, mary} {
				require.Eventually(t, func() bool { return k.Ask("Zoë").JSON()["status"] == "waiting" }, coretest.Silence, 10*coretest.WaitShort)
			}
			m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
			m.Server.JoinT(t, m.Who["alan"].Get(coretest.LobbyRoom).Token(), nil)
			for identity, token := range tokens {
				comesBack(m, token, identity)
			}
			m.Decide(mary.ID, true).Is(200, coretest.Decided)
			m.Server.JoinT(t, tokens["mary"], nil) // she may come in, whatever token she has
			m.AwaitSeat("mary")
			require.Never(t, func() bool { return !present(t, live, m.Room["id"].(string), "mary", "ada", "alan") },
				2*time.Second, 100*time.Millisecond)
		})
	}
}

// present reports whether all of them are in a room.
func present(t *testing.T, live *livekit.Client, room string, identities ...string) bool {
	for _, identity := range identities {
		if _, err := live.GetParticipant(t.Context(), room, identity); err != nil {
			return false
		}
	}
	return true
}

// newMeetingBy is newMeeting with the webhooks that way says.
func newMeetingBy(t *testing.T, way wayIn, change ...coretest.Setting) *coretest.Meeting {
	t.Helper()
	var to *url.URL
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(way.late) // LiveKit waits for the answer, which is what makes it late
		r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
		req, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(late.Close)
	options := livekitdev.Options{}
	if way.webhooks {
		options.WebhookURLs = []string{late.URL + livekithook.Path}
	}
	server := livekitdev.StartT(t, options)
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = way.every }
	h := coretest.Open(t, append([]coretest.Setting{coretest.Lobbies["memory"], coretest.Media(server), coretest.Patient, watch}, change...)...)
	var err error
	to, err = url.Parse(h.URL)
	require.NoError(t, err)
	return &coretest.Meeting{Staff: coretest.NewStaff(h), Server: server}
}

// The gateway that let a guest in is not the one that checks.
func TestTokens_of_an_earlier_meeting_let_nobody_stay_at_several_gateways(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Second }
	first := coretest.Open(t, coretest.Lobbies["redis"], coretest.Media(server), coretest.Patient, watch)
	coretest.Open(t, coretest.Media(server), coretest.Patient, watch, func(_ *testing.T, c *config.Config) {
		c.Database, c.Redis, c.Secrets, c.OIDC = first.Config.Database, first.Config.Redis, first.Config.Secrets, first.Config.OIDC
	})
	m := &coretest.Meeting{Staff: coretest.NewStaff(first), Server: server}
	m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
	guest := &coretest.Knocker{Browser: m.Anonymous()}
	guest.Ask("Zoë").Waits()
	m.Decide(guest.ID, true).Is(200, coretest.Decided)
	token := guest.Ask("Zoë").Token()
	m.Server.JoinT(t, token, nil)
	m.AwaitSeat(guest.ID)
	m.Decide(guest.ID, false).Is(200, coretest.Decided) // let in, but no longer
	absent(m, guest.ID)
	comesBack(m, token, guest.ID)
	require.True(t, present(t, coretest.ClientOf(t, server), m.Room["id"].(string), "ada"))
}

// Another program that has LiveKit's key can give its tokens any identity.
func TestStrangers_whose_identity_nothing_can_keep_are_put_out_and_nobody_with_them(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeetingBy(t, way, coretest.Engines["postgres"])
			guest := &coretest.Knocker{Browser: m.Anonymous()}
			guest.Ask("Zoë").Waits()
			m.Decide(guest.ID, true).Is(200, coretest.Decided)
			old := guest.Ask("Zoë").Token()
			m.Decide(guest.ID, false).Is(200, coretest.Decided) // let in, but no longer
			m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
			for _, identity := range []string{"a\x00b", strings.Repeat("é", 128)} {
				token, err := livekit.NewTokens(m.Server.Key, conf.NewSecret(m.Server.Secret)).Issue(livekit.TokenRequest{
					Room: m.RoomID().String(), Identity: identity, Authenticated: true, TTL: time.Hour,
				})
				require.NoError(t, err)
				comesBack(m, token, identity)
			}
			comesBack(m, old, guest.ID)
			require.True(t, present(t, coretest.ClientOf(t, m.Server), m.Room["id"].(string), "ada"))
			require.NotContains(t, m.Logs.String(), "will be retried")
			require.NotContains(t, m.Logs.String(), "not compared with LiveKit's")
		})
	}
}

func TestMeeting_keeps_who_is_in_it_when_its_room_is_closed(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeetingBy(t, way)
			live, room := coretest.ClientOf(t, m.Server), m.Room["id"].(string)
			m.SetLevel("public")
			token, late := m.Anonymous().Get(coretest.LobbyRoom).Token(), m.Anonymous().Get(coretest.LobbyRoom).Token()
			identity := m.IdentityOf(token)
			m.Server.JoinT(t, token, nil)
			m.SetLevel("restricted")
			require.Eventually(t, func() bool {
				s, err := m.Store.StandingOf(t.Context(), m.RoomID(), identity, time.Now())
				return err == nil && s.Seat != ""
			}, coretest.Silence, 10*coretest.WaitShort)
			m.Server.JoinT(t, token, nil) // a broken connection, and a new one
			closed := time.Now().Unix()
			require.Eventually(t, func() bool { return time.Now().Unix() > closed+1 }, coretest.WaitLong, coretest.WaitShort)
			comesBack(m, late, m.IdentityOf(late)) // a guest who was not there has to ask
			require.True(t, present(t, live, room, identity))
		})
	}
}

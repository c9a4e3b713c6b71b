package core_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// roomID is the id of the staffed room.
func (s *staff) roomID() uuid.UUID { return uuid.MustParse(s.room["id"].(string)) }

// comesBack joins with a token that should not let anybody stay, and returns once the
// media server has no such participant. The client may be out before it has noticed that
// it was in.
func (m *meeting) comesBack(token, identity string) {
	m.Helper()
	gone := make(chan lksdk.DisconnectionReason, 10)
	on := lksdk.NewRoomCallback()
	on.OnDisconnectedWithReason = func(why lksdk.DisconnectionReason) { gone <- why }
	room, err := lksdk.ConnectToRoomWithToken(m.server.URL, token, on, livekitdev.OnLoopback()...)
	if err == nil {
		defer room.Disconnect()
		select {
		case why := <-gone:
			require.Equal(m, lksdk.ParticipantRemoved, why)
		case <-time.After(silence):
			m.Fatal("they are still there")
		}
	}
	m.absent(identity)
}

// absent returns once the media server has no such participant.
func (m *meeting) absent(identity string) {
	m.Helper()
	live := clientOf(m.T, m.server)
	require.Eventually(m, func() bool {
		list, err := live.ListParticipants(m.Context(), m.room["id"].(string))
		if err != nil {
			return false
		}
		for _, p := range list {
			if p.Identity == identity && !p.Disconnected {
				return false
			}
		}
		return true
	}, silence, 10*waitShort)
}

// wayIn is how the gateway learns about arrivals.
type wayIn struct {
	webhooks bool
	late     time.Duration
	every    time.Duration // how often it looks for itself
}

// A token lasts for hours, but a meeting perhaps only minutes.
func TestTokens_of_an_earlier_meeting_let_nobody_stay(t *testing.T) {
	for name, way := range map[string]wayIn{
		"told":      {webhooks: true, every: time.Hour},
		"told late": {webhooks: true, late: 3 * time.Second, every: time.Hour},
		"not told":  {every: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMeetingBy(t, way)
			guest, mary := &knocker{browser: m.anonymous()}, &knocker{browser: m.who["mary"]}
			tokens := map[string]string{}
			for identity, k := range map[string]*knocker{"": guest, "mary": mary} {
				k.ask("Zoë").waits()
				m.decide(k.id, true).is(200, decided)
				if identity == "" {
					identity = k.id
				}
				a := k.ask("Zoë")
				tokens[identity] = a.token()
				m.server.JoinT(t, a.token(), nil)
				m.awaitSeat(identity)
			}
			live := clientOf(t, m.server)
			inTheNextSecond(t) // a guest admitted in the second of the end comes to the next meeting
			require.NoError(t, live.DeleteRoom(t.Context(), m.room["id"].(string)))
			for _, k := range []*knocker{guest, mary} {
				require.Eventually(t, func() bool { return k.ask("Zoë").json()["status"] == "waiting" }, silence, 10*waitShort)
			}
			m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
			m.server.JoinT(t, m.who["alan"].get(lobbyRoom).token(), nil)
			for identity, token := range tokens {
				m.comesBack(token, identity)
			}
			m.decide(mary.id, true).is(200, decided)
			m.server.JoinT(t, tokens["mary"], nil) // she may come in, whatever token she has
			m.awaitSeat("mary")
			require.Never(t, func() bool { return !present(t, live, m.room["id"].(string), "mary", "ada", "alan") },
				3*time.Second, 100*time.Millisecond)
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
func newMeetingBy(t *testing.T, way wayIn, change ...setting) *meeting {
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
	h := open(t, append([]setting{lobbies["memory"], media(server), patient, watch}, change...)...)
	var err error
	to, err = url.Parse(h.url)
	require.NoError(t, err)
	return &meeting{staff: newStaff(h), server: server}
}

// The gateway that let a guest in is not the one that checks.
func TestTokens_of_an_earlier_meeting_let_nobody_stay_at_several_gateways(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Second }
	first := open(t, lobbies["redis"], media(server), patient, watch)
	open(t, media(server), patient, watch, func(_ *testing.T, c *config.Config) {
		c.Database, c.Redis, c.Secrets, c.OIDC = first.cfg.Database, first.cfg.Redis, first.cfg.Secrets, first.cfg.OIDC
	})
	m := &meeting{staff: newStaff(first), server: server}
	m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
	guest := &knocker{browser: m.anonymous()}
	guest.ask("Zoë").waits()
	m.decide(guest.id, true).is(200, decided)
	token := guest.ask("Zoë").token()
	m.server.JoinT(t, token, nil)
	m.awaitSeat(guest.id)
	m.decide(guest.id, false).is(200, decided) // let in, but no longer
	m.absent(guest.id)
	m.comesBack(token, guest.id)
	require.True(t, present(t, clientOf(t, server), m.room["id"].(string), "ada"))
}

// Another program that has LiveKit's key can give its tokens any identity.
func TestStrangers_whose_identity_nothing_can_keep_are_put_out_and_nobody_with_them(t *testing.T) {
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			m := newMeetingBy(t, way, engines["postgres"])
			guest := &knocker{browser: m.anonymous()}
			guest.ask("Zoë").waits()
			m.decide(guest.id, true).is(200, decided)
			old := guest.ask("Zoë").token()
			m.decide(guest.id, false).is(200, decided) // let in, but no longer
			m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
			for _, identity := range []string{"a\x00b", strings.Repeat("é", 128)} {
				token, err := livekit.NewTokens(m.server.Key, conf.NewSecret(m.server.Secret)).Issue(livekit.TokenRequest{
					Room: m.roomID().String(), Identity: identity, Authenticated: true, TTL: time.Hour,
				})
				require.NoError(t, err)
				m.comesBack(token, identity)
			}
			m.comesBack(old, guest.id)
			require.True(t, present(t, clientOf(t, m.server), m.room["id"].(string), "ada"))
			require.NotContains(t, m.logs.String(), "will be retried")
			require.NotContains(t, m.logs.String(), "not compared with LiveKit's")
		})
	}
}

func TestMeeting_keeps_who_is_in_it_when_its_room_is_closed(t *testing.T) {
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			m := newMeetingBy(t, way)
			live, room := clientOf(t, m.server), m.room["id"].(string)
			m.setLevel("public")
			token, late := m.anonymous().get(lobbyRoom).token(), m.anonymous().get(lobbyRoom).token()
			identity := m.identityOf(token)
			m.server.JoinT(t, token, nil)
			m.setLevel("restricted")
			require.Eventually(t, func() bool {
				s, err := m.st.StandingOf(t.Context(), m.roomID(), identity, time.Now())
				return err == nil && s.Seat != ""
			}, silence, 10*waitShort)
			m.server.JoinT(t, token, nil) // a broken connection, and a new one
			closed := time.Now().Unix()
			require.Eventually(t, func() bool { return time.Now().Unix() > closed+1 }, waitLong, waitShort)
			m.comesBack(late, m.identityOf(late)) // a guest who was not there has to ask
			require.True(t, present(t, live, room, identity))
		})
	}
}

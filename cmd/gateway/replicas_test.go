package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgbouncerdev"
	"foyer/internal/dev/pgdev"
	"foyer/internal/dev/redisdev"
)

// replicas are what the gateways of one installation share: a database, a Redis, a key,
// a media server and people.
type replicas struct {
	*testing.T
	redis   *redisdev.Real
	media   *livekitdev.Server
	environ []string
}

func newReplicas(t *testing.T, environ ...string) *replicas {
	t.Helper()
	r := &replicas{T: t, redis: redisdev.RealT(t), media: livekitdev.StartT(t, livekitdev.Options{})}
	people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	r.environ = append([]string{
		"DATABASE_URL=" + pgdev.New(t), "REDIS_URL=" + r.redis.URL, "DJANGO_SECRET_KEY=" + strings.Repeat("k", 32),
		"LIVEKIT_API_URL=" + r.media.URL, "LIVEKIT_API_KEY=" + r.media.Key, "LIVEKIT_API_SECRET=" + r.media.Secret,
		"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
		"LOBBY_WAITING_TIMEOUT=3600",
	}, environ...)
	return r
}

// start starts another gateway.
func (r *replicas) start() *server {
	r.Helper()
	return serve(r.T, r.TempDir(), r.environ)
}

// told is the lobby's answer.
type told struct {
	Status, Username, ID string
	LiveKit              *struct{ Room, Token string }
	cookie               string
}

// idOf returns the id in a lobby cookie.
func idOf(cookie string) string {
	id, _, _ := strings.Cut(cookie, ".")
	return id
}

// ask asks a gateway to enter a room as the guest with the cookie, "" for a new guest.
func (s *server) ask(room, cookie string) (answer, told) {
	s.Helper()
	header := []string{"Content-Type", "application/json"}
	if cookie != "" {
		header = append(header, "Cookie", "lobbyParticipantId="+cookie)
	}
	a := s.send(plain, http.MethodPost, "/api/v1.0/rooms/"+room+"/request-entry/", `{"username":"Zoë"}`, header...)
	var x told
	if a.status == http.StatusOK {
		require.NoError(s, json.Unmarshal([]byte(a.body), &x))
		set, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
		require.NoError(s, err)
		x.cookie = set.Value
	}
	return a, x
}

// waits makes a guest wait at a gateway and returns the guest's cookie.
func (s *server) waits(room, cookie string) string {
	s.Helper()
	a, x := s.ask(room, cookie)
	require.Equal(s, "waiting", x.Status, a.body)
	if cookie != "" {
		require.Equal(s, idOf(cookie), x.ID)
	}
	return x.cookie
}

// admitted returns the token of an admitted guest.
func (s *server) admitted(room, cookie string) string {
	s.Helper()
	a, x := s.ask(room, cookie)
	require.Equal(s, "accepted", x.Status, a.body)
	require.Equal(s, idOf(cookie), x.ID)
	require.Equal(s, room, x.LiveKit.Room)
	return x.LiveKit.Token
}

// restricted creates a room in which guests wait.
func (s *server) restricted(b *http.Client, name string) string {
	s.Helper()
	a := s.post(b, "/api/v1.0/rooms/", fmt.Sprintf(`{"name":%q,"access_level":"restricted"}`, name))
	require.Equal(s, http.StatusCreated, a.status, a.body)
	var room struct{ ID string }
	require.NoError(s, json.Unmarshal([]byte(a.body), &room))
	return room.ID
}

// letIn admits a guest.
func (s *server) letIn(b *http.Client, room, cookie string) {
	s.Helper()
	a := s.post(b, "/api/v1.0/rooms/"+room+"/enter/", fmt.Sprintf(`{"participant_id":%q,"allow_entry":true}`, idOf(cookie)))
	require.Equal(s, http.StatusOK, a.status, a.body)
}

func TestReplicas_serve_one_meeting_and_go_on_when_one_is_killed(t *testing.T) {
	t.Parallel()
	meetingGoesOn(newReplicas(t))
}

// The pooler keeps the connections of killed gateways, with whatever state those left in
// them.
func TestReplicas_behind_a_pooler_that_shares_connections_do_so_too(t *testing.T) {
	t.Parallel()
	meetingGoesOn(newReplicas(t, "DATABASE_URL="+pgbouncerdev.New(t, pgdev.New(t), "default_pool_size = 5")))
}

func meetingGoesOn(r *replicas) {
	t := r.T
	a, b := r.start(), r.start()
	ada := a.signIn("ada") // who is then signed in at b too
	room := a.restricted(ada, "Shared")
	first, second, third := a.waits(room, ""), a.waits(room, ""), b.waits(room, "")
	list := b.send(ada, http.MethodGet, "/api/v1.0/rooms/"+room+"/waiting-participants/", "")
	for _, cookie := range []string{first, second, third} {
		require.Contains(t, list.body, idOf(cookie))
	}
	b.letIn(ada, room, first)
	token := a.admitted(room, first)
	require.Contains(t, b.admitted(room, first), ".")
	meeting := r.media.JoinT(t, token, nil)
	require.Equal(t, idOf(first), meeting.LocalParticipant.Identity())

	a.kill()
	b.waits(room, second) // who first came to a
	b.letIn(ada, room, second)
	b.admitted(room, second)
	b.admitted(room, first)
	b.restricted(b.signIn("grace"), "Without a")

	c := r.start() // in a's place
	c.waits(room, third)
	c.letIn(ada, room, third)
	b.kill()
	for _, id := range []string{first, second, third} {
		c.admitted(room, id)
	}
	event := fmt.Sprintf(`{"event":"room_finished","id":"EV_over","room":{"name":%q}}`, room)
	posted := c.send(plain, http.MethodPost, webhookPath, event, "Authorization", signed(t, event), "Content-Type", "application/webhook+json")
	require.Equal(t, http.StatusOK, posted.status, posted.body)
	require.Eventually(t, func() bool {
		_, x := c.ask(room, first)
		return x.Status == "waiting"
	}, waitLong, waitShort)
}

func TestReplicas_count_requests_together(t *testing.T) {
	t.Parallel()
	r := newReplicas(t, "REQUEST_ENTRY_THROTTLE_RATES=4/day", "CREATION_CALLBACK_THROTTLE_RATES=3/day")
	a, b := r.start(), r.start()
	room := a.restricted(a.signIn("ada"), "Counted")
	id := a.waits(room, "") // a new guest, and not counted
	for _, s := range []*server{a, b, a, b} {
		s.waits(room, id)
	}
	for _, s := range []*server{a, b} {
		refused, _ := s.ask(room, id)
		require.Equal(t, http.StatusTooManyRequests, refused.status, refused.body)
	}
	for i, s := range []*server{a, b, a, b} {
		answer := s.send(plain, http.MethodPost, "/api/v1.0/rooms/creation-callback/", `{"callback_id":"x"}`, "Content-Type", "application/json")
		require.Equal(t, i == 3, answer.status == http.StatusTooManyRequests, answer.body)
	}
}

func TestReplicas_without_Redis_serve_all_but_the_lobby_and_heal_by_themselves(t *testing.T) {
	t.Parallel()
	r := newReplicas(t)
	a, b := r.start(), r.start()
	ada := a.signIn("ada")
	room := a.restricted(ada, "Shared")
	guest := a.waits(room, "")
	require.NoError(t, r.redis.Stop())
	for _, s := range []*server{a, b} {
		refused, _ := s.ask(room, guest)
		require.Equal(t, http.StatusServiceUnavailable, refused.status, refused.body)
		require.NotEmpty(t, refused.header.Get("Retry-After"))
		refused = s.send(ada, http.MethodGet, "/api/v1.0/rooms/"+room+"/waiting-participants/", "")
		require.Equal(t, http.StatusServiceUnavailable, refused.status, refused.body)
		require.NotEmpty(t, refused.header.Get("Retry-After"))

		alan := s.signIn("alan")
		s.create(alan, "By alan at "+strings.ReplaceAll(s.url, ":", " "))
		require.Contains(t, s.send(ada, http.MethodGet, "/api/v1.0/rooms/"+room+"/", "").body, `"token":"`)
		member := s.post(ada, "/api/v1.0/rooms/"+room+"/request-entry/", `{"username":"Ada"}`)
		require.Contains(t, member.body, `"status":"accepted"`)
		require.Equal(t, `{"status":"warning"}`, s.get("/__heartbeat__").body)
	}
	late := r.start() // started in the meantime
	require.NoError(t, r.redis.Start())
	for _, s := range []*server{a, b, late} {
		require.Eventually(t, func() bool {
			_, x := s.ask(room, guest)
			return x.Status == "waiting"
		}, waitLong, waitShort)
	}
	b.letIn(ada, room, guest)
	a.admitted(room, guest)
	late.admitted(room, guest)
}

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/oidcdev"
)

// A single node has no Redis: decisions about a meeting's guests are kept in the
// database, and a guest's name in the guest's own cookie.
func TestKill_of_a_single_node_takes_no_admission_and_no_removal_away(t *testing.T) {
	t.Parallel()
	media, people := livekitdev.StartT(t, livekitdev.Options{}), oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	dir, environ := t.TempDir(), []string{
		"LIVEKIT_API_URL=" + media.URL, "LIVEKIT_API_KEY=" + media.Key, "LIVEKIT_API_SECRET=" + media.Secret,
		"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
	}
	s := serve(t, dir, environ)
	ada := s.signIn("ada")
	room := s.restricted(ada, "Weekly")
	there, toCome, waiting, removed := s.waits(room, ""), s.waits(room, ""), s.waits(room, ""), s.waits(room, "")
	for _, cookie := range []string{there, toCome, removed} {
		s.letIn(ada, room, cookie)
	}
	for _, cookie := range []string{there, removed} {
		media.JoinT(t, s.admitted(room, cookie), nil)
	}
	gone := s.post(ada, "/api/v1.0/rooms/"+room+"/remove-participant/", fmt.Sprintf(`{"participant_identity":%q}`, idOf(removed)))
	require.Equal(t, http.StatusOK, gone.status, gone.body)

	for range 2 { // the second gateway has only what the first one left
		s.kill()
		s = serve(t, dir, environ)
		s.admitted(room, there)
		s.admitted(room, toCome)
		s.waits(room, waiting)
		_, x := s.ask(room, removed)
		require.NotEqual(t, "accepted", x.Status)
		list := s.send(ada, http.MethodGet, "/api/v1.0/rooms/"+room+"/waiting-participants/", "").body
		require.Contains(t, list, idOf(waiting))
		require.NotContains(t, list, idOf(there))
		require.NotContains(t, list, idOf(removed))
	}
	s.letIn(ada, room, waiting)
	s.admitted(room, waiting)
	second := time.Now().Unix() // admissions in the second of the end hold for the next meeting
	require.Eventually(t, func() bool { return time.Now().Unix() > second }, waitLong, waitShort)

	event := fmt.Sprintf(`{"event":"room_finished","id":"EV_over","room":{"name":%q}}`, room)
	posted := s.send(plain, http.MethodPost, webhookPath, event, "Authorization", signed(t, event), "Content-Type", "application/webhook+json")
	require.Equal(t, http.StatusOK, posted.status, posted.body)
	for _, cookie := range []string{there, toCome, waiting} {
		require.Eventually(t, func() bool { _, x := s.ask(room, cookie); return x.Status == "waiting" }, waitLong, waitShort, "the meeting is over")
	}
	require.NotContains(t, s.logs(), `"level":"ERROR"`, strings.TrimSpace(s.logs()))
}

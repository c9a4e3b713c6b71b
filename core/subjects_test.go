package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
)

// oddSubs are subjects as real providers issue them, all allowed by OpenID Connect Core
// 2.
var oddSubs = []string{
	"auth0|5f7c8ec7c33c6c004bbafe82", "google-oauth2|103547991597142817347", "f:0b6e7b1c-9d7f-4f0e-8a57-2f4f1b0f4c11:ada",
	"q80+/7w==", "https://id.example.org/users/ada?x=1#me", `CN=Lane\, Ada;OU="Staff"`, strings.Repeat("~", 255),
}

func oddPeople() []oidcdev.User {
	var list []oidcdev.User
	for _, sub := range oddSubs {
		list = append(list, oidcdev.User{Sub: sub, GivenName: "Odd"})
	}
	return list
}

// A subject is also the identity at the media server, and the name that moderators use.
func TestSubjects_of_any_form_sign_in_meet_rule_and_are_removed(t *testing.T) {
	onEachStudio(t, func(s *studio) {
		m := s.meet(object{"name": "Talk"})
		m.join(m.ada.tokenOf(m.id), nil)
		for _, sub := range oddSubs {
			odd := m.anonymous()
			a := odd.get("/api/v1.0/authenticate/?returnTo=/api/v1.0/users/me/&login_hint=" + url.QueryEscape(sub))
			require.Equal(s, http.StatusOK, a.status, a.body)
			token := odd.tokenOf(m.id)
			require.Equal(s, sub, m.identityOf(token))
			m.join(token, nil)
			require.Equal(s, sub, m.participant(m.id, sub).Identity)

			body := object{"participant_identity": sub, "role": "administrator"}
			m.ada.act(m.id, "update-participant-role", body).is(200, `{"role":"administrator","livekit_synced":true}`)
			require.Contains(s, odd.get("/api/v1.0/rooms/talk/").body, `"accesses"`, sub)
			body["role"] = "member"
			m.ada.act(m.id, "update-participant-role", body).is(200, `{"role":"member","livekit_synced":true}`)

			m.ada.act(m.id, "remove-participant", object{"participant_identity": sub}).is(200, success)
			require.Eventually(s, func() bool { return !m.present(m.id, sub) }, waitLong, waitShort, sub)
			require.True(s, noEntry(odd.get("/api/v1.0/rooms/talk/").json()), sub)
		}
	})
}

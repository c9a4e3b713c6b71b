package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
)

// OddSubs are subjects as real providers issue them, all allowed by OpenID Connect Core
// 2.
var OddSubs = []string{
	"auth0|5f7c8ec7c33c6c004bbafe82", "google-oauth2|103547991597142817347", "f:0b6e7b1c-9d7f-4f0e-8a57-2f4f1b0f4c11:ada",
	"q80+/7w==", "https://id.example.org/users/ada?x=1#me", `CN=Lane\, Ada;OU="Staff"`, strings.Repeat("~", 255),
}

func oddPeople() []oidcdev.User {
	var list []oidcdev.User
	for _, sub := range OddSubs {
		list = append(list, oidcdev.User{Sub: sub, GivenName: "Odd"})
	}
	return list
}

// A subject is also the identity at the media server, and the name that moderators use.
func TestSubjects_of_any_form_sign_in_meet_rule_and_are_removed(t *testing.T) {
	OnEachStudio(t, func(s *Studio) {
		m := s.Meet(Object{"name": "Talk"})
		m.Join(m.Ada.TokenOf(m.ID), nil)
		for _, sub := range OddSubs {
			odd := m.Anonymous()
			a := odd.Get("/api/v1.0/authenticate/?returnTo=/api/v1.0/users/me/&login_hint=" + url.QueryEscape(sub))
			require.Equal(s, http.StatusOK, a.Status, a.Body)
			token := odd.TokenOf(m.ID)
			require.Equal(s, sub, m.IdentityOf(token))
			m.Join(token, nil)
			require.Equal(s, sub, m.Participant(m.ID, sub).Identity)

			body := Object{"participant_identity": sub, "role": "administrator"}
			m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"administrator","livekit_synced":true}`)
			require.Contains(s, odd.Get("/api/v1.0/rooms/talk/").Body, `"accesses"`, sub)
			body["role"] = "member"
			m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"member","livekit_synced":true}`)

			m.Ada.Act(m.ID, "remove-participant", Object{"participant_identity": sub}).Is(200, Success)
			require.Eventually(s, func() bool { return !m.Present(m.ID, sub) }, WaitLong, WaitShort, sub)
			require.True(s, noEntry(odd.Get("/api/v1.0/rooms/talk/").JSON()), sub)
		}
	})
}

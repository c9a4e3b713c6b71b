package participants_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

// A subject is also the identity at the media server, and the name that moderators use.
func TestSubjects_of_any_form_sign_in_meet_rule_and_are_removed(t *testing.T) {
	t.Parallel()
	coretest.OnEachStudio(t, func(s *coretest.Studio) {
		m := s.Meet(coretest.Object{"name": "Talk"})
		m.Join(m.Ada.TokenOf(m.ID), nil)
		for _, sub := range coretest.OddSubs {
			odd := m.Anonymous()
			a := odd.Get("/api/v1.0/authenticate/?returnTo=/api/v1.0/users/me/&login_hint=" + url.QueryEscape(sub))
			require.Equal(s, http.StatusOK, a.Status, a.Body)
			token := odd.TokenOf(m.ID)
			require.Equal(s, sub, m.IdentityOf(token))
			m.Join(token, nil)
			require.Equal(s, sub, m.Participant(m.ID, sub).Identity)

			body := coretest.Object{"participant_identity": sub, "role": "administrator"}
			m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"administrator","livekit_synced":true}`)
			require.Contains(s, odd.Get("/api/v1.0/rooms/talk/").Body, `"accesses"`, sub)
			body["role"] = "member"
			m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"member","livekit_synced":true}`)

			m.Ada.Act(m.ID, "remove-participant", coretest.Object{"participant_identity": sub}).Is(200, coretest.Success)
			require.Eventually(s, func() bool { return !m.Present(m.ID, sub) }, coretest.WaitLong, coretest.WaitShort, sub)
			require.True(s, noEntry(odd.Get("/api/v1.0/rooms/talk/").JSON()), sub)
		}
	})
}

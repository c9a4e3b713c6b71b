package participants_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

const (
	readmitPath = coretest.LobbyRoom + "readmit-participant/"
	removedPath = coretest.LobbyRoom + "removed-participants/"
)

func TestRemoved_are_listed_and_taken_back_by_those_who_may_remove(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := coretest.NewMeeting(t, kept)
			ada, grace := s.Who["ada"], s.Who["grace"]
			guest, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
			s.Join(ada.Get(coretest.LobbyRoom), nil)
			ada.Get(removedPath).Is(200, `{"participants":[]}`)
			for identity, k := range map[string]*coretest.Knocker{"": guest, "mary": mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
				if identity == "" {
					identity = k.ID
				}
				about := coretest.Object{"participant_identity": identity}
				s.Join(k.Ask("Zoë"), nil)
				grace.Send(http.MethodPost, coretest.LobbyRoom+"remove-participant/", about).Is(200, coretest.Success)
				require.Equal(t, "denied", k.Ask("Zoë").JSON()["status"])

				a := grace.Get(removedPath)
				require.Equal(t, 200, a.Status, a.Body)
				list := a.JSON()["participants"].([]any)
				require.Len(t, list, 1)
				x := list[0].(coretest.Object)
				require.Equal(t, identity, x["identity"])
				require.Equal(t, "Zoë", x["name"])
				since, err := time.Parse(time.RFC3339Nano, x["removed_at"].(string))
				require.NoError(t, err)
				until, err := time.Parse(time.RFC3339Nano, x["until"].(string))
				require.NoError(t, err)
				require.Equal(t, s.Config.LiveKit.TokenTTL+time.Minute, until.Sub(since), "as long as a token is taken for valid")

				for _, by := range []string{"", "mary", "alan"} {
					status := map[string]int{"": 401, "mary": 403, "alan": 403}[by]
					require.Equal(t, status, s.Who[by].Send(http.MethodPost, readmitPath, about).Status)
					require.Equal(t, status, s.Who[by].Get(removedPath).Status)
				}
				require.Equal(t, "denied", k.Ask("Zoë").JSON()["status"])
				ada.Send(http.MethodPost, readmitPath, about).Is(200, coretest.Success)
				ada.Send(http.MethodPost, readmitPath, about).Is(404, coretest.NoParticipant)
				ada.Get(removedPath).Is(200, `{"participants":[]}`)
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
				s.Join(k.Ask("Zoë"), nil)
				s.AwaitSeat(identity)
			}
		})
	}
}

// An impossible identity is never stored, neither in the database nor in jobs, and never
// looked up at LiveKit.
func TestParticipants_have_identities_that_are_bounded(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"]))
	ada := s.Who["ada"]
	long := strings.Repeat("x", 257)
	const tooLong = `{"participant_identity":["Ensure this field has no more than 256 characters."]}`
	for action, more := range map[string]coretest.Object{
		"remove-participant": {}, "readmit-participant": {}, "update-participant": {"name": "x"}, "mute-participant": {"track_sid": "TR_x"},
	} {
		for _, identity := range []string{long, strings.Repeat("é", 1000), strings.Repeat("x", 500_000)} {
			body := coretest.Object{"participant_identity": identity}
			for k, v := range more {
				body[k] = v
			}
			ada.Send(http.MethodPost, coretest.LobbyRoom+action+"/", body).Is(400, tooLong)
		}
	}
	require.Empty(t, ada.Get(removedPath).JSON()["participants"])
	name := strings.Repeat("é", 300)
	require.Equal(t, strings.Repeat("é", 255), s.Anonymous().Get("/api/v1.0/rooms/unregistered/?username=" + name).Claims()["name"])
	require.Equal(t, strings.Repeat("é", 255), ada.Get(coretest.LobbyRoom + "?username=" + name).Claims()["name"])
	require.Equal(t, 200, s.Anonymous().Get("/api/v1.0/rooms/"+strings.Repeat("a", 255)+"/").Status)
	s.Anonymous().Get("/api/v1.0/rooms/"+strings.Repeat("a", 256)+"/").Is(404, coretest.NoRoom)
}

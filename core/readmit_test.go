package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	readmitPath = lobbyRoom + "readmit-participant/"
	removedPath = lobbyRoom + "removed-participants/"
)

func TestRemoved_are_listed_and_taken_back_by_those_who_may_remove(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newMeeting(t, kept)
			ada, grace := s.who["ada"], s.who["grace"]
			guest, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
			s.join(ada.get(lobbyRoom), nil)
			ada.get(removedPath).is(200, `{"participants":[]}`)
			for identity, k := range map[string]*knocker{"": guest, "mary": mary} {
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
				if identity == "" {
					identity = k.id
				}
				about := object{"participant_identity": identity}
				s.join(k.ask("Zoë"), nil)
				grace.send(http.MethodPost, lobbyRoom+"remove-participant/", about).is(200, success)
				require.Equal(t, "denied", k.ask("Zoë").json()["status"])

				a := grace.get(removedPath)
				require.Equal(t, 200, a.status, a.body)
				list := a.json()["participants"].([]any)
				require.Len(t, list, 1)
				x := list[0].(object)
				require.Equal(t, identity, x["identity"])
				require.Equal(t, "Zoë", x["name"])
				since, err := time.Parse(time.RFC3339Nano, x["removed_at"].(string))
				require.NoError(t, err)
				until, err := time.Parse(time.RFC3339Nano, x["until"].(string))
				require.NoError(t, err)
				require.Equal(t, s.cfg.LiveKit.TokenTTL+time.Minute, until.Sub(since), "as long as a token is taken for valid")

				for _, by := range []string{"", "mary", "alan"} {
					status := map[string]int{"": 401, "mary": 403, "alan": 403}[by]
					require.Equal(t, status, s.who[by].send(http.MethodPost, readmitPath, about).status)
					require.Equal(t, status, s.who[by].get(removedPath).status)
				}
				require.Equal(t, "denied", k.ask("Zoë").json()["status"])
				ada.send(http.MethodPost, readmitPath, about).is(200, success)
				ada.send(http.MethodPost, readmitPath, about).is(404, noParticipant)
				ada.get(removedPath).is(200, `{"participants":[]}`)
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
				s.join(k.ask("Zoë"), nil)
				s.awaitSeat(identity)
			}
		})
	}
}

// An impossible identity is never stored, neither in the database nor in jobs, and never
// looked up at LiveKit.
func TestParticipants_have_identities_that_are_bounded(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"]))
	ada := s.who["ada"]
	long := strings.Repeat("x", 257)
	const tooLong = `{"participant_identity":["Ensure this field has no more than 256 characters."]}`
	for action, more := range map[string]object{
		"remove-participant": {}, "readmit-participant": {}, "update-participant": {"name": "x"}, "mute-participant": {"track_sid": "TR_x"},
	} {
		for _, identity := range []string{long, strings.Repeat("é", 1000), strings.Repeat("x", 500_000)} {
			body := object{"participant_identity": identity}
			for k, v := range more {
				body[k] = v
			}
			ada.send(http.MethodPost, lobbyRoom+action+"/", body).is(400, tooLong)
		}
	}
	require.Empty(t, ada.get(removedPath).json()["participants"])
	name := strings.Repeat("é", 300)
	require.Equal(t, strings.Repeat("é", 255), s.anonymous().get("/api/v1.0/rooms/unregistered/?username=" + name).claims()["name"])
	require.Equal(t, strings.Repeat("é", 255), ada.get(lobbyRoom + "?username=" + name).claims()["name"])
	require.Equal(t, 200, s.anonymous().get("/api/v1.0/rooms/"+strings.Repeat("a", 255)+"/").status)
	s.anonymous().get("/api/v1.0/rooms/"+strings.Repeat("a", 256)+"/").is(404, noRoom)
}

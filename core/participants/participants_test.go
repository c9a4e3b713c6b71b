package participants_test

import (
	"strings"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/store"
)

// publish gives the guest a microphone, switched on.
func publish(m *coretest.Talk) *lksdk.LocalTrackPublication {
	m.Helper()
	track, err := lksdk.NewLocalTrack(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus})
	require.NoError(m, err)
	microphone, err := m.Room.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Source: lkproto.TrackSource_MICROPHONE})
	require.NoError(m, err)
	return microphone
}

func TestMute_silences_a_track_for_administrators_and_for_those_in_the_meeting(t *testing.T) {
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	muted := publish(m)
	body := coretest.Object{"participant_identity": m.Guest, "track_sid": muted.SID()}
	m.Ada.Act(m.ID, "mute-participant", body).Is(200, coretest.Success) // somebody not in the meeting
	require.Eventually(t, muted.IsMuted, coretest.WaitLong, coretest.WaitShort)

	other := m.Anonymous().TokenOf(m.ID)
	m.Join(other, nil)
	second := publish(m)
	body["track_sid"] = second.SID()
	m.Anonymous().Act("talk", "mute-participant", body, other).Is(200, coretest.Success)
	require.Eventually(t, second.IsMuted, coretest.WaitLong, coretest.WaitShort)

	absent := m.Anonymous().TokenOf(m.ID)
	const unseen = `{"error":"Could not verify caller presence"}`
	m.Anonymous().Act(m.ID, "mute-participant", body, absent).Is(403, unseen)
	body["participant_identity"] = "nobody"
	begin := time.Now()
	m.Ada.Act(m.ID, "mute-participant", body).Is(404, coretest.NoParticipant)
	require.Less(t, time.Since(begin), 2900*time.Millisecond, "LiveKit itself waits 3 s for a server that has them")
	m.Ada.Act(m.ID, "mute-participant", coretest.Object{"participant_identity": "x", "track_sid": ""}).Is(400, `{"track_sid":["This field may not be blank."]}`)
	m.Ada.Act(m.ID, "mute-participant", coretest.Object{"track_sid": strings.Repeat("t", 256)}).
		Is(400, `{"participant_identity":["This field is required."],"track_sid":["Ensure this field has no more than 255 characters."]}`)
}

func TestMute_by_everyone_follows_the_setting_as_it_is_stored(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	own := m.Ada.TokenOf(m.ID)
	m.Join(own, nil)
	body := coretest.Object{"participant_identity": m.Guest, "track_sid": "TR_x"}
	for setting, allowed := range map[string]bool{
		`{}`: true, `{"everyone_can_mute":true}`: true, `{"everyone_can_mute":1}`: true, `{"everyone_can_mute":"off"}`: true,
		`{"everyone_can_mute":false}`: false, `{"everyone_can_mute":null}`: false, `{"everyone_can_mute":0}`: false,
	} {
		m.Ada.Send("PATCH", "/api/v1.0/rooms/talk/", `{"configuration":`+setting+`}`)
		for _, token := range []string{m.Token, own} { // an administrator's token is just a token
			if a := m.Anonymous().Act(m.ID, "mute-participant", body, token); allowed {
				a.Is(200, coretest.Success)
			} else {
				a.Is(403, coretest.Forbidden)
			}
		}
		m.Ada.Act(m.ID, "mute-participant", body).Is(200, coretest.Success)
	}
	m.Ada.Act(m.ID, "mute-participant", body, "junk").Is(403, `{"detail":"Invalid LiveKit token: Not enough segments"}`)
}

func TestHand_is_raised_since_a_moment_and_lowered(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	guest := m.Anonymous()
	guest.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, m.Token).Is(200, coretest.Success)
	text := m.Participant(m.ID, m.Guest).Attributes["handRaisedAt"]
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$`, text)
	since, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), since, time.Minute)
	require.NotEmpty(t, m.Participant(m.ID, m.Guest).Attributes["color"], "other attributes stay")
	guest.Act("talk", "toggle-hand", coretest.Object{"raised": "off"}, m.Token).Is(200, coretest.Success)
	require.NotContains(t, m.Participant(m.ID, m.Guest).Attributes, "handRaisedAt")

	guest.Act(m.ID, "toggle-hand", coretest.Object{}, m.Token).Is(400, `{"raised":["This field is required."]}`)
	guest.Act(m.ID, "toggle-hand", coretest.Object{"raised": "perhaps"}, m.Token).Is(400, `{"raised":["Must be a valid boolean."]}`)
	guest.Act(m.ID, "toggle-hand", coretest.Object{"raised": true}, m.Anonymous().TokenOf(m.ID)).Is(404, coretest.NoParticipant)
}

func TestRename_changes_the_name_of_the_tokens_bearer(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	guest := m.Anonymous()
	guest.Act(m.ID, "rename", coretest.Object{"name": "  Zoë  ", "participant_identity": "ada"}, m.Token).Is(200, coretest.Success)
	require.Equal(t, "Zoë", m.Participant(m.ID, m.Guest).Name)
	guest.Act(m.ID, "rename", coretest.Object{"name": strings.Repeat("e", 255)}, m.Token).Is(200, coretest.Success)
	guest.Act(m.ID, "rename", coretest.Object{"name": strings.Repeat("é", 256)}, m.Token).
		Is(400, `{"name":["Ensure this field has no more than 255 characters."]}`)
	guest.Act(m.ID, "rename", coretest.Object{"name": " "}, m.Token).Is(400, `{"name":["This field may not be blank."]}`)
	guest.Act(m.ID, "rename", coretest.Object{"name": "x"}, m.Anonymous().TokenOf(m.ID)).Is(404, coretest.NoParticipant)
}

func TestRole_is_changed_by_those_who_rule_and_are_in_the_meeting(t *testing.T) {
	t.Parallel()
	coretest.OnEachStudio(t, func(s *coretest.Studio) {
		m := s.Meet(coretest.Object{})
		alan := m.SignIn("alan")
		body := coretest.Object{"participant_identity": "alan", "role": "administrator"}
		const elsewhere = `{"detail":"You must be connected to the meeting to perform this action."}`
		m.Ada.Act(m.ID, "update-participant-role", coretest.Object{}).Is(403, elsewhere)
		m.Join(m.Ada.TokenOf(m.ID), nil)
		m.Ada.Act(m.ID, "update-participant-role", coretest.Object{"role": "owner"}).
			Is(400, `{"participant_identity":["This field is required."],"role":["\"owner\" is not a valid choice."]}`)
		m.Ada.Act(m.ID, "update-participant-role", body).Is(404, `{"error":"Participant is not connected to this meeting."}`)
		m.Join(alan.TokenOf(m.ID), nil)
		alan.Act(m.ID, "update-participant-role", body).Is(403, `{"detail":"You must have privileges on room to perform this action."}`)

		for _, role := range []string{"administrator", "administrator", "member"} {
			body["role"] = role
			m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"`+role+`","livekit_synced":true}`)
			require.Equal(s, role, m.Participant(m.ID, "alan").Attributes["room_role"])
			require.Equal(s, role == "administrator", strings.Contains(alan.Get("/api/v1.0/rooms/talk/").Body, `"accesses"`))
		}
		m.Ada.Act(m.ID, "update-participant-role", coretest.Object{"participant_identity": "ada", "role": "member"}).
			Is(403, `{"error":"You cannot change your own role."}`)
		m.Ada.Act(m.ID, "update-participant-role", coretest.Object{"participant_identity": m.Guest, "role": "member"}).
			Is(404, `{"error":"This participant has no user account and cannot be assigned a role."}`)
		body["role"] = "administrator"
		m.Ada.Act(m.ID, "update-participant-role", body).Is(200, `{"role":"administrator","livekit_synced":true}`)
		alan.Act(m.ID, "update-participant-role", coretest.Object{"participant_identity": "ada", "role": "member"}).
			Is(403, `{"error":"Room owners cannot be demoted."}`)
		require.Len(s, m.Ada.Get("/api/v1.0/rooms/talk/").JSON()["accesses"], 2, "the guest got none")
		require.Equal(s, string(store.Owner), m.Ada.Get("/api/v1.0/rooms/talk/").JSON()["accesses"].([]any)[1].(coretest.Object)["role"])
	})
}

func TestParticipants_of_a_media_server_that_is_down_answer_by_the_contract(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	id := ada.Create(coretest.Object{"name": "Talk"})["id"].(string)
	token := h.Anonymous().TokenOf(id)
	who := coretest.Object{"participant_identity": "x", "track_sid": "y", "name": "z", "raised": true}
	ada.Act(id, "mute-participant", who).Is(500, `{"error":"Failed to mute participant"}`)
	ada.Act(id, "mute-participant", who, token).Is(403, `{"error":"Could not verify caller presence"}`)
	ada.Act(id, "update-participant", who).Is(500, `{"error":"Failed to update participant"}`)
	ada.Act(id, "remove-participant", who).Is(500, `{"error":"Failed to remove participant"}`)
	ada.Act(id, "toggle-hand", who, token).Is(500, `{"error":"Failed to update participant hand state"}`)
	ada.Act(id, "rename", who, token).Is(500, `{"error":"Failed to rename participant"}`)
	ada.Act(id, "update-participant-role", who).Is(403, `{"detail":"You must be connected to the meeting to perform this action."}`)
}

// Nobody is admitted whose identity is too long for LiveKit.
func TestParticipants_of_identities_beyond_measure_are_refused_and_not_stored(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	id := ada.Create(coretest.Object{"name": "Talk"})["id"].(string)
	token := h.Anonymous().TokenOf(id)
	const want = `{"participant_identity":["Ensure this field has no more than 256 characters."]}`
	huge := coretest.Object{"participant_identity": strings.Repeat("x", 1_000_000), "track_sid": "TR_x", "name": "x"}
	for _, action := range []string{"mute-participant", "update-participant", "remove-participant"} {
		ada.Act(id, action, huge).Is(400, want)
	}
	nul := coretest.Object{"participant_identity": "x\x00", "track_sid": "TR_x", "name": "x"}
	for _, action := range []string{"mute-participant", "update-participant", "remove-participant"} {
		ada.Act(id, action, nul).Is(400, `{"participant_identity":["Null characters are not allowed."]}`)
	}
	ada.Act(id, "remove-participant", coretest.Object{"participant_identity": strings.Repeat("x", 257)}).Is(400, want)
	ada.Act(id, "remove-participant", coretest.Object{"participant_identity": strings.Repeat("x", 256)}).Is(500, `{"error":"Failed to remove participant"}`)
	h.Anonymous().Act(id, "rename", coretest.Object{"name": strings.Repeat("x", 1_000_000)}, token).
		Is(400, `{"name":["Ensure this field has no more than 255 characters."]}`)
	require.NotContains(t, h.Logs.String(), strings.Repeat("x", 1000))
}

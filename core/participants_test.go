package core_test

import (
	"strings"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

const noParticipant = `{"error":"Participant not found"}`

// talk is a live room of ada's with a guest in it; its rules can be set.
type talk struct {
	*studio
	ada   *browser
	id    string
	token string // the guest's
	guest string // the guest's identity
	room  *lksdk.Room
}

func (s *studio) meet(fields object) *talk {
	s.Helper()
	m := &talk{studio: s, ada: s.signIn("ada")}
	if fields["name"] == nil {
		fields["name"] = "Talk"
	}
	m.id = m.ada.create(fields)["id"].(string)
	m.token = s.anonymous().tokenOf(m.id)
	m.guest = s.identityOf(m.token)
	m.room = s.join(m.token, nil)
	return m
}

// publish gives the guest a microphone, switched on.
func (m *talk) publish() *lksdk.LocalTrackPublication {
	m.Helper()
	track, err := lksdk.NewLocalTrack(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus})
	require.NoError(m, err)
	microphone, err := m.room.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Source: lkproto.TrackSource_MICROPHONE})
	require.NoError(m, err)
	return microphone
}

func TestMute_silences_a_track_for_administrators_and_for_those_in_the_meeting(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	muted := m.publish()
	body := object{"participant_identity": m.guest, "track_sid": muted.SID()}
	m.ada.act(m.id, "mute-participant", body).is(200, success) // somebody not in the meeting
	require.Eventually(t, muted.IsMuted, waitLong, waitShort)

	other := m.anonymous().tokenOf(m.id)
	m.join(other, nil)
	second := m.publish()
	body["track_sid"] = second.SID()
	m.anonymous().act("talk", "mute-participant", body, other).is(200, success)
	require.Eventually(t, second.IsMuted, waitLong, waitShort)

	absent := m.anonymous().tokenOf(m.id)
	const unseen = `{"error":"Could not verify caller presence"}`
	m.anonymous().act(m.id, "mute-participant", body, absent).is(403, unseen)
	body["participant_identity"] = "nobody"
	begin := time.Now()
	m.ada.act(m.id, "mute-participant", body).is(404, noParticipant)
	require.Less(t, time.Since(begin), 2900*time.Millisecond, "LiveKit itself waits 3 s for a server that has them")
	m.ada.act(m.id, "mute-participant", object{"participant_identity": "x", "track_sid": ""}).is(400, `{"track_sid":["This field may not be blank."]}`)
	m.ada.act(m.id, "mute-participant", object{"track_sid": strings.Repeat("t", 256)}).
		is(400, `{"participant_identity":["This field is required."],"track_sid":["Ensure this field has no more than 255 characters."]}`)
}

func TestMute_by_everyone_follows_the_setting_as_it_is_stored(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	own := m.ada.tokenOf(m.id)
	m.join(own, nil)
	body := object{"participant_identity": m.guest, "track_sid": "TR_x"}
	for setting, allowed := range map[string]bool{
		`{}`: true, `{"everyone_can_mute":true}`: true, `{"everyone_can_mute":1}`: true, `{"everyone_can_mute":"off"}`: true,
		`{"everyone_can_mute":false}`: false, `{"everyone_can_mute":null}`: false, `{"everyone_can_mute":0}`: false,
	} {
		m.ada.send("PATCH", "/api/v1.0/rooms/talk/", `{"configuration":`+setting+`}`)
		for _, token := range []string{m.token, own} { // an administrator's token is just a token
			if a := m.anonymous().act(m.id, "mute-participant", body, token); allowed {
				a.is(200, success)
			} else {
				a.is(403, forbidden)
			}
		}
		m.ada.act(m.id, "mute-participant", body).is(200, success)
	}
	m.ada.act(m.id, "mute-participant", body, "junk").is(403, `{"detail":"Invalid LiveKit token: Not enough segments"}`)
}

func TestHand_is_raised_since_a_moment_and_lowered(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	guest := m.anonymous()
	guest.act(m.id, "toggle-hand", object{"raised": true}, m.token).is(200, success)
	text := m.participant(m.id, m.guest).Attributes["handRaisedAt"]
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$`, text)
	since, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), since, time.Minute)
	require.NotEmpty(t, m.participant(m.id, m.guest).Attributes["color"], "other attributes stay")
	guest.act("talk", "toggle-hand", object{"raised": "off"}, m.token).is(200, success)
	require.NotContains(t, m.participant(m.id, m.guest).Attributes, "handRaisedAt")

	guest.act(m.id, "toggle-hand", object{}, m.token).is(400, `{"raised":["This field is required."]}`)
	guest.act(m.id, "toggle-hand", object{"raised": "perhaps"}, m.token).is(400, `{"raised":["Must be a valid boolean."]}`)
	guest.act(m.id, "toggle-hand", object{"raised": true}, m.anonymous().tokenOf(m.id)).is(404, noParticipant)
}

func TestRename_changes_the_name_of_the_tokens_bearer(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	guest := m.anonymous()
	guest.act(m.id, "rename", object{"name": "  Zoë  ", "participant_identity": "ada"}, m.token).is(200, success)
	require.Equal(t, "Zoë", m.participant(m.id, m.guest).Name)
	guest.act(m.id, "rename", object{"name": strings.Repeat("e", 255)}, m.token).is(200, success)
	guest.act(m.id, "rename", object{"name": strings.Repeat("é", 256)}, m.token).
		is(400, `{"name":["Ensure this field has no more than 255 characters."]}`)
	guest.act(m.id, "rename", object{"name": " "}, m.token).is(400, `{"name":["This field may not be blank."]}`)
	guest.act(m.id, "rename", object{"name": "x"}, m.anonymous().tokenOf(m.id)).is(404, noParticipant)
}

func TestRole_is_changed_by_those_who_rule_and_are_in_the_meeting(t *testing.T) {
	onEachStudio(t, func(s *studio) {
		m := s.meet(object{})
		alan := m.signIn("alan")
		body := object{"participant_identity": "alan", "role": "administrator"}
		const elsewhere = `{"detail":"You must be connected to the meeting to perform this action."}`
		m.ada.act(m.id, "update-participant-role", object{}).is(403, elsewhere)
		m.join(m.ada.tokenOf(m.id), nil)
		m.ada.act(m.id, "update-participant-role", object{"role": "owner"}).
			is(400, `{"participant_identity":["This field is required."],"role":["\"owner\" is not a valid choice."]}`)
		m.ada.act(m.id, "update-participant-role", body).is(404, `{"error":"Participant is not connected to this meeting."}`)
		m.join(alan.tokenOf(m.id), nil)
		alan.act(m.id, "update-participant-role", body).is(403, `{"detail":"You must have privileges on room to perform this action."}`)

		for _, role := range []string{"administrator", "administrator", "member"} {
			body["role"] = role
			m.ada.act(m.id, "update-participant-role", body).is(200, `{"role":"`+role+`","livekit_synced":true}`)
			require.Equal(s, role, m.participant(m.id, "alan").Attributes["room_role"])
			require.Equal(s, role == "administrator", strings.Contains(alan.get("/api/v1.0/rooms/talk/").body, `"accesses"`))
		}
		m.ada.act(m.id, "update-participant-role", object{"participant_identity": "ada", "role": "member"}).
			is(403, `{"error":"You cannot change your own role."}`)
		m.ada.act(m.id, "update-participant-role", object{"participant_identity": m.guest, "role": "member"}).
			is(404, `{"error":"This participant has no user account and cannot be assigned a role."}`)
		body["role"] = "administrator"
		m.ada.act(m.id, "update-participant-role", body).is(200, `{"role":"administrator","livekit_synced":true}`)
		alan.act(m.id, "update-participant-role", object{"participant_identity": "ada", "role": "member"}).
			is(403, `{"error":"Room owners cannot be demoted."}`)
		require.Len(s, m.ada.get("/api/v1.0/rooms/talk/").json()["accesses"], 2, "the guest got none")
		require.Equal(s, string(store.Owner), m.ada.get("/api/v1.0/rooms/talk/").json()["accesses"].([]any)[1].(object)["role"])
	})
}

func TestParticipants_of_a_media_server_that_is_down_answer_by_the_contract(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	id := ada.create(object{"name": "Talk"})["id"].(string)
	token := h.anonymous().tokenOf(id)
	who := object{"participant_identity": "x", "track_sid": "y", "name": "z", "raised": true}
	ada.act(id, "mute-participant", who).is(500, `{"error":"Failed to mute participant"}`)
	ada.act(id, "mute-participant", who, token).is(403, `{"error":"Could not verify caller presence"}`)
	ada.act(id, "update-participant", who).is(500, `{"error":"Failed to update participant"}`)
	ada.act(id, "remove-participant", who).is(500, `{"error":"Failed to remove participant"}`)
	ada.act(id, "toggle-hand", who, token).is(500, `{"error":"Failed to update participant hand state"}`)
	ada.act(id, "rename", who, token).is(500, `{"error":"Failed to rename participant"}`)
	ada.act(id, "update-participant-role", who).is(403, `{"detail":"You must be connected to the meeting to perform this action."}`)
}

// Nobody is admitted whose identity is too long for LiveKit.
func TestParticipants_of_identities_beyond_measure_are_refused_and_not_stored(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	id := ada.create(object{"name": "Talk"})["id"].(string)
	token := h.anonymous().tokenOf(id)
	const want = `{"participant_identity":["Ensure this field has no more than 256 characters."]}`
	huge := object{"participant_identity": strings.Repeat("x", 1_000_000), "track_sid": "TR_x", "name": "x"}
	for _, action := range []string{"mute-participant", "update-participant", "remove-participant"} {
		ada.act(id, action, huge).is(400, want)
	}
	nul := object{"participant_identity": "x\x00", "track_sid": "TR_x", "name": "x"}
	for _, action := range []string{"mute-participant", "update-participant", "remove-participant"} {
		ada.act(id, action, nul).is(400, `{"participant_identity":["Null characters are not allowed."]}`)
	}
	ada.act(id, "remove-participant", object{"participant_identity": strings.Repeat("x", 257)}).is(400, want)
	ada.act(id, "remove-participant", object{"participant_identity": strings.Repeat("x", 256)}).is(500, `{"error":"Failed to remove participant"}`)
	h.anonymous().act(id, "rename", object{"name": strings.Repeat("x", 1_000_000)}, token).
		is(400, `{"name":["Ensure this field has no more than 255 characters."]}`)
	require.NotContains(t, h.logs.String(), strings.Repeat("x", 1000))
}

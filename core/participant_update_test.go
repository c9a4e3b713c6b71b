package core_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/livekit/lkproto"
)

func TestUpdate_changes_what_is_named_of_a_participant(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	before := m.participant(m.id, m.guest)
	require.Empty(t, before.Metadata)
	update := func(fields object) {
		t.Helper()
		fields["participant_identity"] = m.guest
		m.ada.act("talk", "update-participant", fields).is(200, success)
	}
	update(object{"name": " Zoë "})
	p := m.participant(m.id, m.guest)
	require.Equal(t, "Zoë", p.Name)
	require.Empty(t, p.Metadata, `not the text "null"`)
	require.Equal(t, before.Attributes, p.Attributes)

	update(object{"metadata": object{"a": []any{1, "x"}}, "attributes": object{"handRaisedAt": "now"}, "name": nil})
	update(object{"attributes": object{"handRaisedAt": "", "seat": "4"}, "name": ""})
	p = m.participant(m.id, m.guest)
	require.Equal(t, "Zoë", p.Name)
	require.JSONEq(t, `{"a":[1,"x"]}`, p.Metadata)
	require.Equal(t, "4", p.Attributes["seat"])
	require.NotContains(t, p.Attributes, "handRaisedAt")
	require.Equal(t, before.Attributes["color"], p.Attributes["color"])
	for _, empty := range []object{{"metadata": object{}}, {"attributes": object{}}, {"permission": object{}}} {
		update(empty)
	}
	m.ada.act(m.id, "update-participant", object{"participant_identity": "nobody", "name": "x"}).is(404, noParticipant)
	m.ada.act(m.id, "update-participant", object{"participant_identity": "nobody", "permission": object{"can_publish": true}}).is(404, noParticipant)
}

func TestUpdate_of_one_permission_leaves_the_others(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	permit := func(permission any) *lkproto.ParticipantPermission {
		t.Helper()
		m.ada.act(m.id, "update-participant", object{"participant_identity": m.guest, "permission": permission}).is(200, success)
		return m.participant(m.id, m.guest).Permission
	}
	p := m.participant(m.id, m.guest).Permission
	require.True(t, p.CanSubscribe && p.CanPublish && p.CanPublishData && !p.CanUpdateMetadata)
	require.Len(t, p.CanPublishSources, 4)

	p = permit(object{"can_publish_sources": []string{"microphone", "screen_share_audio"}})
	require.Equal(t, []lkproto.TrackSource{lkproto.TrackSource_MICROPHONE, lkproto.TrackSource_SCREEN_SHARE_AUDIO}, p.CanPublishSources)
	p = permit(object{"can_publish_data": false, "can_publish": nil})
	require.True(t, p.CanSubscribe && p.CanPublish && !p.CanPublishData)
	require.Len(t, p.CanPublishSources, 2)
	p = permit(`{"can_publish_data": "yes", "can_update_metadata": 1}`)
	require.True(t, p.CanPublishData && p.CanUpdateMetadata)
	for _, name := range []string{"can_subscribe", "can_publish", "can_publish_data", "can_update_metadata", "can_subscribe_metrics"} {
		permit(object{name: false})
	}
	p = m.participant(m.id, m.guest).Permission
	require.False(t, p.CanSubscribe || p.CanPublish || p.CanPublishData || p.CanUpdateMetadata || p.CanSubscribeMetrics)
}

func TestUpdate_of_the_sources_means_what_it_says(t *testing.T) {
	s := openStudio(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.ForbiddenPermissions = nil })
	m := s.meet(object{})
	const camera, microphone = lkproto.TrackSource_CAMERA, lkproto.TrackSource_MICROPHONE
	four := m.participant(m.id, m.guest).Permission.CanPublishSources
	for _, step := range []struct {
		permission string
		may        bool
		sources    []lkproto.TrackSource
	}{
		{`{"can_publish_sources":[]}`, false, nil}, // LiveKit takes an empty list to mean all sources
		{`{"can_publish_data":true}`, false, nil},
		{`{"can_publish_sources":["camera"]}`, true, []lkproto.TrackSource{camera}},
		{`{"can_publish":true,"can_publish_sources":[]}`, false, nil},
		{`{"can_publish":false,"can_publish_sources":["microphone"]}`, false, []lkproto.TrackSource{microphone}},
		{`{"can_publish_sources":["camera"]}`, false, []lkproto.TrackSource{camera}}, // the request said that they may not
		{`{"can_publish":true}`, true, []lkproto.TrackSource{camera}},
		{`{"can_publish":false,"can_publish_sources":[]}`, false, nil},
		{`{"can_publish_sources":["camera","microphone","screen_share","screen_share_audio"]}`, true, four},
		{`{"hidden":true}`, true, four},
		{`{"can_publish_data":false}`, true, four},
	} {
		m.ada.act(m.id, "update-participant", `{"participant_identity":"`+m.guest+`","permission":`+step.permission+`}`).is(200, success)
		p, err := s.live.AskParticipant(t.Context(), m.id, m.guest)
		require.NoError(t, err)
		require.Equal(t, step.may, p.Permission.CanPublish, step.permission)
		require.Equal(t, step.sources, p.Permission.CanPublishSources, step.permission)
		require.True(t, p.Permission.CanSubscribe)
	}
	require.True(t, m.participant(m.id, m.guest).Permission.Hidden, "as nobody has shown them since")
}

// Each gateway would use a lock of its own if they did not share one.
func TestUpdate_of_two_rights_at_once_keeps_both_over_all_gateways(t *testing.T) {
	first := openStudio(t, engines["postgres"])
	m := first.meet(object{})
	second := open(t, media(first.server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets, c.OIDC = first.cfg.Database, first.cfg.Secrets, first.cfg.OIDC
	})
	at := []*browser{m.ada, second.signIn("ada")}
	for round := range 20 {
		may := round%2 == 1
		answers := make([]answer, len(at))
		var all sync.WaitGroup
		for i, right := range []string{"can_subscribe", "can_publish_data"} {
			all.Go(func() {
				answers[i] = at[i].act(m.id, "update-participant", object{"participant_identity": m.guest, "permission": object{right: may}})
			})
		}
		all.Wait()
		for _, a := range answers {
			a.is(200, success)
		}
		p, err := first.live.AskParticipant(t.Context(), m.id, m.guest)
		require.NoError(t, err)
		require.Equal(t, []bool{may, may}, []bool{p.Permission.CanSubscribe, p.Permission.CanPublishData}, "round %d", round)
	}
}

func TestUpdate_beyond_LiveKits_limits_is_cut_or_refused(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	m := s.meet(object{})
	for _, n := range []int{85, 86, 255} { // characters of three bytes: LiveKit accepts 256
		name := strings.Repeat("語", n)
		cut := strings.Repeat("語", min(n, 85))
		m.ada.act(m.id, "update-participant", object{"participant_identity": m.guest, "name": name}).is(200, success)
		require.Equal(t, cut, m.participant(m.id, m.guest).Name)
		m.anonymous().act(m.id, "rename", object{"name": "x" + name[3:]}, m.token).is(200, success)
		require.Equal(t, "x"+cut[3:], m.participant(m.id, m.guest).Name[:len(cut)-2])
	}
	for field, value := range map[string]any{
		"metadata": object{"a": strings.Repeat("x", 600<<10)}, "attributes": object{"a": strings.Repeat("x", 80<<10)},
	} {
		m.ada.act(m.id, "update-participant", object{"participant_identity": m.guest, field: value}).
			is(400, `{"non_field_errors":["LiveKit refuses these values: they are too long."]}`)
	}
}

func TestUpdate_refuses_what_the_contract_refuses(t *testing.T) {
	h := open(t, engines["sqlite"]) // without a media server: nothing below may reach it
	ada := h.signIn("ada")
	ada.create(object{"name": "Talk"})
	const url = `"url":"https://errors.pydantic.dev/2.13/v/`
	for body, want := range map[string]string{
		`{}`:                           `{"participant_identity":["This field is required."]}`,
		`{"participant_identity":"x"}`: `{"non_field_errors":["At least one of the following fields must be provided: metadata, attributes, permission, name."]}`,
		`{"participant_identity":"x","name":"","metadata":null,"attributes":null,"permission":null}`: `{"non_field_errors":["At least one of the following fields must be provided: metadata, attributes, permission, name."]}`,
		`{"participant_identity":["x"],"name":true}`:                                                 `{"name":["Not a valid string."],"participant_identity":["Not a valid string."]}`,
		`{"participant_identity":"x","metadata":"{}","attributes":"a"}`:                              `{"attributes":["Expected a dictionary of items but got type \"str\"."],"metadata":["Expected a dictionary of items but got type \"str\"."]}`,
		`{"participant_identity":"x","attributes":{"a":"b","c":1,"d":null}}`:                         `{"attributes":{"c":["Not a valid string."],"d":["Not a valid string."]}}`,
		`{"participant_identity":"x","permission":{"can_fly":true}}`: `{"permission":[{"type":"extra_forbidden","loc":["can_fly"],"msg":"Extra inputs are not permitted","input":"True",` + url +
			`extra_forbidden"}]}`,
		`{"participant_identity":"x","permission":{"can_publish_sources":["CAMERA"]}}`: `{"permission":[{"type":"literal_error","loc":["can_publish_sources","0"],` +
			`"msg":"Input should be 'camera', 'microphone', 'screen_share' or 'screen_share_audio'","input":"CAMERA",` +
			`"ctx":{"expected":"'camera', 'microphone', 'screen_share' or 'screen_share_audio'"},` + url + `literal_error"}]}`,
		`{"participant_identity":"x","permission":{"can_publish_sources":null}}`: `{"permission":[{"type":"list_type","loc":["can_publish_sources"],"msg":"Input should be a valid list","input":"None",` +
			url + `list_type"}]}`,
		`{"participant_identity":"x","permission":[]}`: `{"permission":[{"type":"model_type","loc":[],"msg":"Input should be a valid dictionary or instance of ParticipantPermission","input":[],` +
			`"ctx":{"class_name":"ParticipantPermission"},` + url + `model_type"}]}`,
	} {
		ada.act("talk", "update-participant", body).is(400, want)
	}
}

func TestUpdate_refuses_permissions_that_nobody_may_set(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	ada.create(object{"name": "Talk"})
	for _, permission := range []object{{"hidden": true}, {"recorder": false}, {"agent": true, "hidden": false, "can_publish": true}} {
		ada.act("talk", "update-participant", object{"participant_identity": "x", "permission": permission}).is(400, `{"detail":"Bad request."}`)
	}
	require.Contains(t, h.logs.String(), "forbidden permissions: hidden, agent")
	null := object{"participant_identity": "x", "permission": object{"hidden": nil}}
	ada.act("talk", "update-participant", null).is(500, `{"error":"Failed to update participant"}`) // it got as far as the media server

	s := openStudio(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.ForbiddenPermissions = []string{"recorder"} })
	m := s.meet(object{})
	m.ada.act(m.id, "update-participant", object{"participant_identity": m.guest, "permission": object{"hidden": true, "agent": true}}).is(200, success)
	require.True(t, m.participant(m.id, m.guest).Permission.Hidden)
}

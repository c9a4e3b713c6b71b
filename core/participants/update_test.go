package participants_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/sdk/livekit/lkproto"
)

func TestUpdate_changes_what_is_named_of_a_participant(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	before := m.Participant(m.ID, m.Guest)
	require.Empty(t, before.Metadata)
	update := func(fields coretest.Object) {
		t.Helper()
		fields["participant_identity"] = m.Guest
		m.Ada.Act("talk", "update-participant", fields).Is(200, coretest.Success)
	}
	update(coretest.Object{"name": " Zoë "})
	p := m.Participant(m.ID, m.Guest)
	require.Equal(t, "Zoë", p.Name)
	require.Empty(t, p.Metadata, `not the text "null"`)
	require.Equal(t, before.Attributes, p.Attributes)

	update(coretest.Object{"metadata": coretest.Object{"a": []any{1, "x"}}, "attributes": coretest.Object{"handRaisedAt": "now"}, "name": nil})
	update(coretest.Object{"attributes": coretest.Object{"handRaisedAt": "", "seat": "4"}, "name": ""})
	p = m.Participant(m.ID, m.Guest)
	require.Equal(t, "Zoë", p.Name)
	require.JSONEq(t, `{"a":[1,"x"]}`, p.Metadata)
	require.Equal(t, "4", p.Attributes["seat"])
	require.NotContains(t, p.Attributes, "handRaisedAt")
	require.Equal(t, before.Attributes["color"], p.Attributes["color"])
	for _, empty := range []coretest.Object{{"metadata": coretest.Object{}}, {"attributes": coretest.Object{}}, {"permission": coretest.Object{}}} {
		update(empty)
	}
	m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": "nobody", "name": "x"}).Is(404, coretest.NoParticipant)
	m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": "nobody", "permission": coretest.Object{"can_publish": true}}).Is(404, coretest.NoParticipant)
}

func TestUpdate_of_one_permission_leaves_the_others(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	permit := func(permission any) *lkproto.ParticipantPermission {
		t.Helper()
		m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": m.Guest, "permission": permission}).Is(200, coretest.Success)
		return m.Participant(m.ID, m.Guest).Permission
	}
	p := m.Participant(m.ID, m.Guest).Permission
	require.True(t, p.CanSubscribe && p.CanPublish && p.CanPublishData && !p.CanUpdateMetadata)
	require.Len(t, p.CanPublishSources, 4)

	p = permit(coretest.Object{"can_publish_sources": []string{"microphone", "screen_share_audio"}})
	require.Equal(t, []lkproto.TrackSource{lkproto.TrackSource_MICROPHONE, lkproto.TrackSource_SCREEN_SHARE_AUDIO}, p.CanPublishSources)
	p = permit(coretest.Object{"can_publish_data": false, "can_publish": nil})
	require.True(t, p.CanSubscribe && p.CanPublish && !p.CanPublishData)
	require.Len(t, p.CanPublishSources, 2)
	p = permit(`{"can_publish_data": "yes", "can_update_metadata": 1}`)
	require.True(t, p.CanPublishData && p.CanUpdateMetadata)
	for _, name := range []string{"can_subscribe", "can_publish", "can_publish_data", "can_update_metadata", "can_subscribe_metrics"} {
		permit(coretest.Object{name: false})
	}
	p = m.Participant(m.ID, m.Guest).Permission
	require.False(t, p.CanSubscribe || p.CanPublish || p.CanPublishData || p.CanUpdateMetadata || p.CanSubscribeMetrics)
}

func TestUpdate_of_the_sources_means_what_it_says(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.ForbiddenPermissions = nil })
	m := s.Meet(coretest.Object{})
	const camera, microphone = lkproto.TrackSource_CAMERA, lkproto.TrackSource_MICROPHONE
	four := m.Participant(m.ID, m.Guest).Permission.CanPublishSources
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
		m.Ada.Act(m.ID, "update-participant", `{"participant_identity":"`+m.Guest+`","permission":`+step.permission+`}`).Is(200, coretest.Success)
		p, err := s.Live.AskParticipant(t.Context(), m.ID, m.Guest)
		require.NoError(t, err)
		require.Equal(t, step.may, p.Permission.CanPublish, step.permission)
		require.Equal(t, step.sources, p.Permission.CanPublishSources, step.permission)
		require.True(t, p.Permission.CanSubscribe)
	}
	require.True(t, m.Participant(m.ID, m.Guest).Permission.Hidden, "as nobody has shown them since")
}

// Each gateway would use a lock of its own if they did not share one.
func TestUpdate_of_two_rights_at_once_keeps_both_over_all_gateways(t *testing.T) {
	t.Parallel()
	first := coretest.OpenStudio(t, coretest.Engines["postgres"])
	m := first.Meet(coretest.Object{})
	second := coretest.Open(t, coretest.Media(first.Server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets, c.OIDC = first.Config.Database, first.Config.Secrets, first.Config.OIDC
	})
	at := []*coretest.Browser{m.Ada, second.SignIn("ada")}
	for round := range 20 {
		may := round%2 == 1
		answers := make([]coretest.Answer, len(at))
		var all sync.WaitGroup
		for i, right := range []string{"can_subscribe", "can_publish_data"} {
			all.Go(func() {
				answers[i] = at[i].Act(m.ID, "update-participant", coretest.Object{"participant_identity": m.Guest, "permission": coretest.Object{right: may}})
			})
		}
		all.Wait()
		for _, a := range answers {
			a.Is(200, coretest.Success)
		}
		p, err := first.Live.AskParticipant(t.Context(), m.ID, m.Guest)
		require.NoError(t, err)
		require.Equal(t, []bool{may, may}, []bool{p.Permission.CanSubscribe, p.Permission.CanPublishData}, "round %d", round)
	}
}

func TestUpdate_beyond_LiveKits_limits_is_cut_or_refused(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	m := s.Meet(coretest.Object{})
	for _, n := range []int{85, 86, 255} { // characters of three bytes: LiveKit accepts 256
		name := strings.Repeat("語", n)
		cut := strings.Repeat("語", min(n, 85))
		m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": m.Guest, "name": name}).Is(200, coretest.Success)
		require.Equal(t, cut, m.Participant(m.ID, m.Guest).Name)
		m.Anonymous().Act(m.ID, "rename", coretest.Object{"name": "x" + name[3:]}, m.Token).Is(200, coretest.Success)
		require.Equal(t, "x"+cut[3:], m.Participant(m.ID, m.Guest).Name[:len(cut)-2])
	}
	for field, value := range map[string]any{
		"metadata": coretest.Object{"a": strings.Repeat("x", 600<<10)}, "attributes": coretest.Object{"a": strings.Repeat("x", 80<<10)},
	} {
		m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": m.Guest, field: value}).
			Is(400, `{"non_field_errors":["LiveKit refuses these values: they are too long."]}`)
	}
}

func TestUpdate_refuses_what_the_contract_refuses(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"]) // without a media server: nothing below may reach it
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Talk"})
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
		ada.Act("talk", "update-participant", body).Is(400, want)
	}
}

func TestUpdate_refuses_permissions_that_nobody_may_set(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Talk"})
	for _, permission := range []coretest.Object{{"hidden": true}, {"recorder": false}, {"agent": true, "hidden": false, "can_publish": true}} {
		ada.Act("talk", "update-participant", coretest.Object{"participant_identity": "x", "permission": permission}).Is(400, `{"detail":"Bad request."}`)
	}
	require.Contains(t, h.Logs.String(), "forbidden permissions: hidden, agent")
	null := coretest.Object{"participant_identity": "x", "permission": coretest.Object{"hidden": nil}}
	ada.Act("talk", "update-participant", null).Is(500, `{"error":"Failed to update participant"}`) // it got as far as the media server

	s := coretest.OpenStudio(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Meetings.ForbiddenPermissions = []string{"recorder"} })
	m := s.Meet(coretest.Object{})
	m.Ada.Act(m.ID, "update-participant", coretest.Object{"participant_identity": m.Guest, "permission": coretest.Object{"hidden": true, "agent": true}}).Is(200, coretest.Success)
	require.True(t, m.Participant(m.ID, m.Guest).Permission.Hidden)
}

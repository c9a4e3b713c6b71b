package spaces

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func room(level, configuration string) module.Room {
	return module.Room{ID: uuid.New(), AccessLevel: level, Configuration: json.RawMessage(configuration)}
}

func TestValues_tell_what_a_room_is(t *testing.T) {
	for _, x := range []struct{ level, configuration, access, moderation, present string }{
		{"public", `{}`, "OPEN", "OFF", "NO_RESTRICTION"},
		{"trusted", `{}`, "TRUSTED", "OFF", "NO_RESTRICTION"},
		{"restricted", `{"everyone_can_mute":null,"can_publish_sources":null}`, "RESTRICTED", "OFF", "NO_RESTRICTION"},
		{"public", `{"everyone_can_mute":true}`, "OPEN", "OFF", "NO_RESTRICTION"},
		{"public", `{"everyone_can_mute":false}`, "OPEN", "ON", "NO_RESTRICTION"},
		{"public", `{"everyone_can_mute":"No"}`, "OPEN", "ON", "NO_RESTRICTION"},
		{"public", `{"can_publish_sources":["camera","screen_share"]}`, "OPEN", "OFF", "NO_RESTRICTION"},
		{"public", `{"can_publish_sources":["camera"]}`, "OPEN", "OFF", "HOSTS_ONLY"},
		{"public", `{"can_publish_sources":[]}`, "OPEN", "OFF", "HOSTS_ONLY"},
	} {
		v, err := valuesOf(room(x.level, x.configuration))
		require.NoError(t, err)
		require.Equal(t, []string{x.access, x.moderation, x.present}, []string{v[accessType], v[moderation], v[presentRestriction]}, x.configuration)
		require.Len(t, v, len(settings), "a room has every setting")
	}
}

func TestChange_touches_only_what_differs(t *testing.T) {
	for _, x := range []struct {
		before string
		want   values
		after  string // "" = the configuration is not written
	}{
		{`{}`, values{}, ``},
		{`{}`, values{moderation: on}, `{"everyone_can_mute":false}`},
		{`{"everyone_can_mute":"off"}`, values{moderation: on}, ``},
		{`{"everyone_can_mute":"off"}`, values{moderation: off}, `{}`},
		{`{}`, values{presentRestriction: hostsOnly}, `{"can_publish_sources":["camera","microphone"]}`},
		{`{"can_publish_sources":["screen_share","camera"],"everyone_can_mute":false}`, values{presentRestriction: hostsOnly},
			`{"can_publish_sources":["camera"],"everyone_can_mute":false}`},
		{`{"can_publish_sources":["camera"]}`, values{presentRestriction: noRestriction},
			`{"can_publish_sources":["camera","screen_share","screen_share_audio"]}`},
		{`{"can_publish_sources":["microphone","camera"]}`, values{presentRestriction: noRestriction}, `{}`},
		{`{"can_publish_sources":["camera"]}`, values{presentRestriction: hostsOnly}, ``},
	} {
		r := room("trusted", x.before)
		now, err := valuesOf(r)
		require.NoError(t, err)
		change, err := changeTo(r, now, merge(now, x.want, nil, nil))
		require.NoError(t, err)
		require.Nil(t, change.AccessLevel)
		require.Equal(t, x.after, string(change.Configuration), "%s %v", x.before, x.want)
		if x.after == "" {
			continue
		}
		r.Configuration = change.Configuration
		reached, err := valuesOf(r)
		require.NoError(t, err)
		require.Equal(t, merge(now, x.want, nil, nil), reached, "the way back")
	}
	for word, level := range map[string]string{open: "public", restricted: "restricted"} {
		r := room("trusted", `{}`)
		now, err := valuesOf(r)
		require.NoError(t, err)
		change, err := changeTo(r, now, merge(now, values{accessType: word}, nil, nil))
		require.NoError(t, err)
		require.Equal(t, level, *change.AccessLevel)
		require.Nil(t, change.Configuration)
	}
}

func TestMask_selects_fields_groups_and_everything(t *testing.T) {
	for mask, want := range map[string]int{
		"*": len(settings), "config": len(settings), "config.accessType": 1, "config.access_type": 1, "config.accessType,config.moderation": 2,
		" config.moderation , config.moderationRestrictions": 5, "config.moderation_restrictions.present_restriction": 1, "config.artifactConfig": 3,
	} {
		paths, err := selected(mask)
		require.NoError(t, err, mask)
		require.Len(t, paths, want, mask)
	}
	paths, err := selected("")
	require.NoError(t, err)
	require.Nil(t, paths)
	for _, mask := range []string{"name", "config.", "config.access", "CONFIG", ",", "config.accessType,", "meetingCode", "config.accessType.x"} {
		_, err := selected(mask)
		require.Equal(t, 400, reply.As(err).Status, mask)
	}
}

func TestMerge_gives_defaults_to_what_a_mask_names_and_a_request_leaves_out(t *testing.T) {
	now := defaults("public")
	now[moderation], now[presentRestriction] = on, hostsOnly
	given := values{accessType: restricted, presentRestriction: noRestriction}
	without := merge(now, given, defaults("trusted"), nil)
	require.Equal(t, []string{restricted, on, noRestriction}, []string{without[accessType], without[moderation], without[presentRestriction]})
	masked := merge(now, given, defaults("trusted"), []string{accessType, moderation})
	require.Equal(t, []string{restricted, off, hostsOnly}, []string{masked[accessType], masked[moderation], masked[presentRestriction]})
	all, err := selected("*")
	require.NoError(t, err)
	require.Equal(t, defaults("trusted"), merge(now, nil, defaults("trusted"), all))
}

func TestReadValues_refuses_by_name_what_rooms_cannot_do(t *testing.T) {
	for text, want := range map[string]string{
		`{"accessType":"open"}`:                                       "config.accessType has no value open.",
		`{"accessType":7}`:                                            "config.accessType must be the name of a value.",
		`{"accessType":{}}`:                                           "config.accessType is not an object.",
		`{"accessType":["OPEN"]}`:                                     "config.accessType must be the name of a value.",
		`{"entryPointAccess":"CREATOR_APP_ONLY"}`:                     "config.entryPointAccess CREATOR_APP_ONLY is not possible on this server.",
		`{"moderationRestrictions":"ON"}`:                             "config.moderationRestrictions is unknown, or no value of its kind.",
		`{"moderationRestrictions":{"chatRestriction":"HOSTS_ONLY"}}`: "config.moderationRestrictions.chatRestriction HOSTS_ONLY is not possible on this server.",
		`{"artifactConfig":{"recordingConfig":{"autoRecordingGeneration":"ON"}}}`: "config.artifactConfig.recordingConfig.autoRecordingGeneration ON is not possible on this server.",
		`{"attendanceReportGenerationType":"GENERATE_REPORT"}`:                    "config.attendanceReportGenerationType GENERATE_REPORT is not possible on this server.",
		`{"color":"RED"}`:   "config.color is unknown, or no value of its kind.",
		`{"color":{"x":1}}`: "config.color is not an object.",
		`"OPEN"`:            "config is unknown, or no value of its kind.",
		`[]`:                "config is unknown, or no value of its kind.",
	} {
		err := readValues("config", json.RawMessage(text), values{})
		e := reply.As(err)
		require.Equal(t, 400, e.Status, text)
		require.Equal(t, want, messageOf(t, e), text)
	}
	given := values{}
	require.NoError(t, readValues("config", json.RawMessage(`{"accessType":"ACCESS_TYPE_UNSPECIFIED","moderation":null,"entryPointAccess":"ALL",
		"moderationRestrictions":{"presentRestriction":"HOSTS_ONLY","chatRestriction":"RESTRICTION_TYPE_UNSPECIFIED"},"artifactConfig":{}}`), given))
	require.Equal(t, values{"config.entryPointAccess": "ALL", presentRestriction: hostsOnly}, given)
	given = values{}
	require.NoError(t, readValues("config", json.RawMessage(`{"access_type":3,"moderation":2,"entry_point_access":0,
		"moderation_restrictions":{"present_restriction":1,"chatRestriction":2}}`), given))
	require.Equal(t, values{
		accessType: restricted, moderation: on, presentRestriction: hostsOnly, "config.moderationRestrictions.chatRestriction": noRestriction,
	}, given, "numbers and names of fields as the protocol has them")
	require.Error(t, readValues("config", json.RawMessage(`{"entryPointAccess":2}`), values{}))
}

// messageOf returns the message of a google.rpc.Status.
func messageOf(t *testing.T, e *reply.Error) string {
	t.Helper()
	text, err := reply.Encode(e.Body)
	require.NoError(t, err)
	var s struct{ Error struct{ Message string } }
	require.NoError(t, json.Unmarshal(text, &s))
	return s.Error.Message
}

func FuzzReadValues(f *testing.F) {
	for _, s := range []string{`{}`, `{"accessType":"OPEN"}`, `{"moderationRestrictions":{"presentRestriction":"HOSTS_ONLY"}}`, `null`, `[1]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		given := values{}
		if err := readValues("config", json.RawMessage(text), given); err != nil {
			require.Equal(t, 400, reply.As(err).Status)
			return
		}
		want := merge(defaults("trusted"), given, nil, nil)
		raw, err := configuration{}.apply(defaults("trusted"), want)
		require.NoError(t, err)
		reached, err := valuesOf(room(levelOf(want[accessType]), string(raw)))
		require.NoError(t, err)
		require.Equal(t, want, reached)
	})
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"", "*", "config", "config.access_type", "__", "a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, mask string) {
		paths, err := selected(mask)
		require.Equal(t, err == nil && mask != "", len(paths) > 0)
	})
}

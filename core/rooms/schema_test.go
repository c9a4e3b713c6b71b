package rooms_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func TestConfiguration_reaches_the_store_only_when_it_is_valid(t *testing.T) {
	const pydantic = `"url":"https://errors.pydantic.dev/2.13/v/`
	const sources = `'camera', 'microphone', 'screen_share' or 'screen_share_audio'`
	literal := func(index, input string) string {
		return `{"type":"literal_error","loc":["can_publish_sources","` + index + `"],"msg":"Input should be ` + sources + `","input":` + input +
			`,"ctx":{"expected":"` + sources + `"},` + pydantic + `literal_error"}`
	}
	extra := func(key, input string) string {
		return `{"type":"extra_forbidden","loc":["` + key + `"],"msg":"Extra inputs are not permitted","input":` + input + `,` + pydantic + `extra_forbidden"}`
	}
	list := func(input string) string {
		return `{"type":"list_type","loc":["can_publish_sources"],"msg":"Input should be a valid list","input":` + input + `,` + pydantic + `list_type"}`
	}
	boolean := func(kind, msg, input string) string {
		return `{"type":"` + kind + `","loc":["everyone_can_mute"],"msg":"Input should be a valid boolean` + msg + `","input":` + input + `,` + pydantic + kind + `"}`
	}
	model := func(input string) string {
		return `{"type":"model_type","loc":[],"msg":"Input should be a valid dictionary or instance of RoomConfiguration","input":` + input +
			`,"ctx":{"class_name":"RoomConfiguration"},` + pydantic + `model_type"}`
	}
	const unparsable = ", unable to interpret input"
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public)
		grace := w.as("grace")
		for _, good := range []string{
			`{}`, `{"can_publish_sources":["camera"]}`, `{"can_publish_sources":["screen_share_audio","screen_share","microphone","camera"]}`,
			`{"can_publish_sources":[]}`, `{"can_publish_sources":null}`, `{"everyone_can_mute":true}`, `{"everyone_can_mute":false}`,
			`{"everyone_can_mute":"yes"}`, `{"everyone_can_mute":"1"}`, `{"everyone_can_mute":"OFF"}`, `{"everyone_can_mute":null}`,
			`{"everyone_can_mute":1,"can_publish_sources":["camera","camera"]}`, `{"everyone_can_mute":0.0}`,
		} {
			a := grace.do("PATCH", "rooms/r/", `{"configuration":`+good+`}`)
			require.Equal(w.T, 200, a.StatusCode, a.body)
			require.JSONEq(w.T, good, string(w.stored(room.ID).Configuration))
			shown, err := json.Marshal(a.object(w.T)["configuration"])
			require.NoError(w.T, err)
			require.JSONEq(w.T, good, string(shown), "raw, not parsed")
		}
		before := string(w.stored(room.ID).Configuration)
		for bad, want := range map[string]string{
			`{"unknown":true}`: extra("unknown", `"True"`),
			`{"a":1,"everyone_can_mute":[],"b":{"c":[null,1.5,"x"]}}`: boolean("bool_type", "", `[]`) + "," + extra("a", `"1"`) + "," + extra("b", `{"c":["None","1.5","x"]}`),
			`{"can_publish_sources":["invalid_source"]}`:              literal("0", `"invalid_source"`),
			`{"can_publish_sources":["camera","CAMERA",5,null]}`:      literal("1", `"CAMERA"`) + "," + literal("2", `"5"`) + "," + literal("3", `"None"`),
			`{"can_publish_sources":"camera"}`:                        list(`"camera"`),
			`{"can_publish_sources":{"camera":true}}`:                 list(`{"camera":"True"}`),
			`{"can_publish_sources":false}`:                           list(`"False"`),
			`{"everyone_can_mute":"test"}`:                            boolean("bool_parsing", unparsable, `"test"`),
			`{"everyone_can_mute":2}`:                                 boolean("bool_parsing", unparsable, `"2"`),
			`{"everyone_can_mute":""}`:                                boolean("bool_parsing", unparsable, `""`),
			`{"everyone_can_mute":{}}`:                                boolean("bool_type", "", `{}`),
			`[]`:                                                      model(`[]`),
			`"{}"`:                                                    model(`"{}"`),
			`7`:                                                       model(`"7"`),
			`{"everyone_can_mute":"x","can_publish_sources":["","é"]}`: literal("0", `""`) + "," + literal("1", `"é"`) + "," + boolean("bool_parsing", unparsable, `"x"`),
		} {
			a := grace.do("PATCH", "rooms/r/", `{"configuration":`+bad+`,"access_level":"trusted"}`)
			require.Equal(w.T, 400, a.StatusCode, bad)
			require.JSONEq(w.T, `{"configuration":[`+want+`]}`, a.body, bad)
			require.Equal(w.T, 400, grace.do("POST", "rooms/", `{"name":"other","configuration":`+bad+`}`).StatusCode)
		}
		got := w.stored(room.ID)
		require.JSONEq(w.T, before, string(got.Configuration), "nothing is stored")
		require.Equal(w.T, store.Public, got.AccessLevel)
	})
}

// A database of the replaced server may contain preferences that earlier versions
// accepted.
func TestPreferences_that_no_room_can_have_are_none(t *testing.T) {
	onBoth(t, func(w *world) {
		ada := w.as("ada")
		require.Equal(w.T, 201, ada.do("POST", "rooms/", `{"name":"first"}`).StatusCode)
		user, err := w.st.UserBySub(w.Context(), "ada")
		require.NoError(w.T, err)
		_, err = w.st.UpdateUser(w.Context(), user.ID, store.UserChange{RoomAccessLevel: new("open"), RoomConfiguration: json.RawMessage(`{"unknown":1}`)})
		require.NoError(w.T, err)
		a := ada.do("POST", "rooms/", `{"name":"second"}`)
		require.Equal(w.T, 201, a.StatusCode, a.body)
		got := a.object(w.T)
		require.Equal(w.T, w.cfg.Rooms.DefaultAccessLevel, got["access_level"])
		require.Equal(w.T, map[string]any{}, got["configuration"])
	})
}

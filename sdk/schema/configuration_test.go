package schema

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

// configured returns the answer to a request with this configuration, "" if it is
// accepted, and what is then stored.
func configured(t testing.TB, configuration string) (answer, stored string) {
	t.Helper()
	o, err := body.Parse([]byte(`{"configuration":` + configuration + `}`))
	require.NoError(t, err)
	raw := ReadConfiguration(o, "configuration")
	if err = o.Err(); err == nil {
		return "", string(raw)
	}
	require.Equal(t, 400, reply.As(err).Status)
	b, err := reply.Encode(reply.As(err).Body)
	require.NoError(t, err)
	return string(b), string(raw)
}

func TestConfiguration_is_stored_as_it_came(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"can_publish_sources":[]}`, `{"can_publish_sources":null}`, `{"everyone_can_mute":null}`,
		`{"can_publish_sources":["camera","microphone","screen_share","screen_share_audio"],"everyone_can_mute":false}`,
		`{"everyone_can_mute":"yes"}`, `{"everyone_can_mute":"OFF"}`, `{"everyone_can_mute":1}`, `{"everyone_can_mute":0.0}`,
		`{"everyone_can_mute":true}`,
	} {
		answer, stored := configured(t, text)
		require.Empty(t, answer, text)
		require.Equal(t, text, stored)
	}
}

func TestConfiguration_faults_are_the_contracts(t *testing.T) {
	const sources = `'camera', 'microphone', 'screen_share' or 'screen_share_audio'`
	literal := func(index, input string) string {
		return `{"type":"literal_error","loc":["can_publish_sources","` + index + `"],"msg":"Input should be ` + sources +
			`","input":` + input + `,"ctx":{"expected":"` + sources + `"},"url":"https://errors.pydantic.dev/2.13/v/literal_error"}`
	}
	item := func(kind, loc, msg, input string) string {
		return `{"type":"` + kind + `","loc":` + loc + `,"msg":"` + msg + `","input":` + input +
			`,"url":"https://errors.pydantic.dev/2.13/v/` + kind + `"}`
	}
	model := func(input string) string {
		return `{"type":"model_type","loc":[],"msg":"Input should be a valid dictionary or instance of RoomConfiguration","input":` +
			input + `,"ctx":{"class_name":"RoomConfiguration"},"url":"https://errors.pydantic.dev/2.13/v/model_type"}`
	}
	for text, want := range map[string]string{
		`{"x":1}`:           item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `"1"`),
		`{"x":true}`:        item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `"True"`),
		`{"x":null}`:        item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `"None"`),
		`{"x":[1,"a"]}`:     item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `["1","a"]`),
		`{"x":{"y":false}}`: item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `{"y":"False"}`),

		`{"can_publish_sources":["camera","CAMERA"]}`: literal("1", `"CAMERA"`),
		`{"can_publish_sources":[1,null]}`:            literal("0", `"1"`) + "," + literal("1", `"None"`),
		`{"can_publish_sources":"camera"}`:            item("list_type", `["can_publish_sources"]`, "Input should be a valid list", `"camera"`),
		`{"can_publish_sources":{}}`:                  item("list_type", `["can_publish_sources"]`, "Input should be a valid list", `{}`),

		`{"everyone_can_mute":"maybe"}`: item("bool_parsing", `["everyone_can_mute"]`, "Input should be a valid boolean, unable to interpret input", `"maybe"`),
		`{"everyone_can_mute":2}`:       item("bool_parsing", `["everyone_can_mute"]`, "Input should be a valid boolean, unable to interpret input", `"2"`),
		`{"everyone_can_mute":""}`:      item("bool_parsing", `["everyone_can_mute"]`, "Input should be a valid boolean, unable to interpret input", `""`),
		`{"everyone_can_mute":[]}`:      item("bool_type", `["everyone_can_mute"]`, "Input should be a valid boolean", `[]`),

		`[]`:   model(`[]`),
		`5`:    model(`"5"`),
		`true`: model(`"True"`),
		`"x"`:  model(`"x"`),
		`"{}"`: model(`"{}"`),

		`{"y":1,"everyone_can_mute":[],"x":2}`: item("bool_type", `["everyone_can_mute"]`, "Input should be a valid boolean", `[]`) + "," +
			item("extra_forbidden", `["y"]`, "Extra inputs are not permitted", `"1"`) + "," +
			item("extra_forbidden", `["x"]`, "Extra inputs are not permitted", `"2"`),
	} {
		answer, _ := configured(t, text)
		require.Equal(t, `{"configuration":[`+want+`]}`, answer, text)
	}
	answer, _ := configured(t, `null`)
	require.Equal(t, `{"configuration":["This field may not be null."]}`, answer)
}

func TestConfiguration_refuses_numbers_that_no_database_holds(t *testing.T) {
	for _, text := range []string{`{"everyone_can_mute":0e-99999999}`, `{"everyone_can_mute":1e-99999999}`, `{"everyone_can_mute":1e999}`} {
		answer, _ := configured(t, text)
		require.Contains(t, answer, "bool_parsing", text)
	}
}

func FuzzConfiguration(f *testing.F) {
	for _, s := range []string{`{}`, `{"can_publish_sources":["camera",1]}`, `{"everyone_can_mute":"\ud800"}`, `{"a":{"b":[{}]}}`, `"{}"`, `1e400`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := body.Parse([]byte(`{"configuration":` + text + `}`))
		if err != nil || !o.Has("configuration") {
			return
		}
		raw := ReadConfiguration(o, "configuration")
		IsEmptyObject(raw)
		if err := o.Err(); err != nil {
			_, err := reply.Encode(reply.As(err).Body)
			require.NoError(t, err)
			return
		}
		require.Equal(t, "dict", body.TypeName(raw))
	})
}

package schema

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

// permitted reads a permission; the answer is "" if it is accepted.
func permitted(t testing.TB, permission string) (*Permission, string) {
	t.Helper()
	o, err := body.Parse([]byte(`{"permission":` + permission + `}`))
	require.NoError(t, err)
	p := ReadPermission(o, "permission")
	if err = o.Err(); err == nil {
		return p, ""
	}
	require.Nil(t, p)
	b, err := reply.Encode(reply.As(err).Body)
	require.NoError(t, err)
	return nil, string(b)
}

func TestPermission_names_what_is_given(t *testing.T) {
	for text, want := range map[string]*Permission{
		`null`: nil,
		`{}`:   {Rights: map[string]bool{}},
		`{"can_publish":true,"hidden":"off","recorder":null,"agent":0}`: {Rights: map[string]bool{"can_publish": true, "hidden": false, "agent": false}},
		`{"can_publish_sources":[]}`:                                    {Rights: map[string]bool{}, Sources: []string{}},
		`"{\"can_publish_sources\":[\"camera\",\"screen_share\"]}"`:     {Rights: map[string]bool{}, Sources: []string{"camera", "screen_share"}},
	} {
		p, answer := permitted(t, text)
		require.Empty(t, answer, text)
		require.Equal(t, want, p, text)
	}
	p, _ := permitted(t, `{"hidden":false,"recorder":null}`)
	require.True(t, p.Names("hidden"))
	require.False(t, p.Names("recorder") || p.Names("can_publish_sources") || p.Empty())
	p, _ = permitted(t, `{"can_publish_sources":[]}`)
	require.True(t, p.Names("can_publish_sources") && !p.Empty())
	for _, nothing := range []string{`null`, `{}`, `{"agent":null}`} {
		p, _ = permitted(t, nothing)
		require.True(t, p.Empty(), nothing)
	}
}

func TestPermission_faults_come_all_at_once_unknown_keys_last(t *testing.T) {
	_, answer := permitted(t, `{"z":1,"can_publish_sources":["x"],"can_subscribe":[],"agent":"?"}`)
	require.Regexp(t, `^\{"permission":\[\{"type":"bool_type","loc":\["can_subscribe"\].*"bool_parsing","loc":\["agent"\].*`+
		`"literal_error","loc":\["can_publish_sources","0"\].*"extra_forbidden","loc":\["z"\]`, answer)
	for _, text := range []string{`[]`, `7`, `"x"`, `"[]"`, `true`} {
		_, answer := permitted(t, text)
		require.Contains(t, answer, `"ctx":{"class_name":"ParticipantPermission"}`, text)
	}
	_, answer = permitted(t, `{"can_publish_sources":null}`)
	require.Contains(t, answer, "list_type")
}

func FuzzPermission(f *testing.F) {
	for _, s := range []string{`{}`, `{"can_publish_sources":["camera",1]}`, `{"hidden":"\ud800"}`, `"{\"agent\":1}"`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := body.Parse([]byte(`{"permission":` + text + `}`))
		if err != nil || !o.Has("permission") {
			return
		}
		p := ReadPermission(o, "permission")
		if err := o.Err(); err != nil {
			_, err := reply.Encode(reply.As(err).Body)
			require.NoError(t, err)
			require.Nil(t, p)
			return
		}
		require.Equal(t, p == nil, o.IsNull("permission"))
	})
}

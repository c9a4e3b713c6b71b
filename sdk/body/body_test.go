package body_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

func read(contentType, text string) (*body.Object, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(text))
	r.Header.Set("Content-Type", contentType)
	return body.Read(httptest.NewRecorder(), r, 1<<10)
}

func TestRead_refuses_what_is_no_object(t *testing.T) {
	for name, x := range map[string]struct {
		kind, text string
		status     int
		shown      string
	}{
		"malformed":                {"application/json", `{"a":`, 400, "JSON parse error"},
		"not a number":             {"application/json", `{"a":NaN}`, 400, "JSON parse error"},
		"bad utf-8":                {"application/json", "{\"a\":\"\xff\"}", 400, "JSON parse error"},
		"twice":                    {"application/json", `{"a":1,"a":2}`, 400, "given twice"},
		"twice, written otherwise": {"application/json", `{"a":1,"\u0061":2}`, 400, "given twice"},
		"twice, with colons":       {"application/json", `{"a":"x:y\":","a":2}`, 400, "given twice"},
		"twice inside":             {"application/json", `{"a":[{"b":1,"b":2}]}`, 400, "given twice"},
		"trailing":                 {"application/json", `{} {}`, 400, "JSON parse error"},
		"too deep":                 {"application/json", strings.Repeat("[", 200) + strings.Repeat("]", 200), 400, "nested"},
		"list":                     {"application/json", `[]`, 400, "Expected a dictionary, but got list."},
		"text":                     {"application/json", `"a"`, 400, "Expected a dictionary, but got str."},
		"null":                     {"application/json", `null`, 400, "No data provided"},
		"other type":               {"text/plain", `a`, 415, `Unsupported media type \"text/plain\" in request.`},
		"too large":                {"application/json", `{"a":"` + strings.Repeat("x", 2<<10) + `"}`, 413, "too large"},
		"form no boundary":         {"multipart/form-data", `a`, 400, "Multipart form parse error"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(x.kind, x.text)
			e := reply.As(err)
			require.Equal(t, x.status, e.Status)
			b, err := reply.Encode(e.Body)
			require.NoError(t, err)
			require.Contains(t, string(b), x.shown)
		})
	}
}

func TestRead_takes_no_body_as_an_empty_object(t *testing.T) {
	for _, kind := range []string{"", "application/json", "text/plain"} {
		o, err := read(kind, "")
		require.NoError(t, err)
		require.False(t, o.Has("a"))
	}
}

func TestRead_takes_flat_forms(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("name", " Réunion "))
	require.NoError(t, w.WriteField("on", "yes"))
	require.NoError(t, w.Close())
	o, err := read(w.FormDataContentType(), b.String())
	require.NoError(t, err)
	name, ok := o.String("name", body.Required())
	require.True(t, ok)
	require.Equal(t, "Réunion", name)
	on, ok := o.Bool("on", body.Required())
	require.True(t, on && ok)
}

func TestString_coerces_and_faults_as_the_contract_says(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: body.MsgRequired, `{"v":null}`: body.MsgNull, `{"v":""}`: body.MsgBlank, `{"v":"  "}`: body.MsgBlank,
		`{"v":true}`: body.MsgString, `{"v":[]}`: body.MsgString, `{"v":{}}`: body.MsgString,
		`{"v":"a\u0000"}`: body.MsgNUL, `{"v":"éééé"}`: "Ensure this field has no more than 3 characters.",
		`{"v":" éé "}`: "", `{"v":5}`: "", `{"v":1.5}`: "",
	} {
		o, err := body.Parse([]byte(text))
		require.NoError(t, err)
		_, ok := o.String("v", body.Required().Max(3))
		require.Equal(t, want == "", ok, text)
		if want != "" {
			require.Equal(t, map[string]any{"v": []string{want}}, reply.As(o.Err()).Body, text)
		}
	}
}

func TestString_names_the_given_value_of_a_wrong_choice(t *testing.T) {
	for text, want := range map[string]string{`"x"`: "x", `""`: "", `true`: "True", `5`: "5"} {
		o, err := body.Parse([]byte(`{"v":` + text + `}`))
		require.NoError(t, err)
		_, ok := o.String("v", body.Optional().OneOf("a"))
		require.False(t, ok)
		require.Equal(t, map[string]any{"v": []string{`"` + want + `" is not a valid choice.`}}, reply.As(o.Err()).Body)
	}
}

func TestTruth_reads_every_spelling(t *testing.T) {
	for _, text := range []string{`true`, `1`, `1.0`, `"T"`, `"y"`, `"Yes"`, `"on"`, `"1"`} {
		v, ok := body.Truth(json.RawMessage(text))
		require.True(t, v && ok, text)
	}
	for _, text := range []string{`false`, `0`, `0.0`, `"F"`, `"n"`, `"No"`, `"off"`, `"0"`} {
		v, ok := body.Truth(json.RawMessage(text))
		require.True(t, !v && ok, text)
	}
	for _, text := range []string{`""`, `2`, `"maybe"`, `[]`, `{}`, `null`} {
		_, ok := body.Truth(json.RawMessage(text))
		require.False(t, ok, text)
	}
}

func TestUUID_reads_every_spelling(t *testing.T) {
	const want = "0b6d1f0e-0000-4000-8000-00000000000a"
	for _, text := range []string{
		`"0b6d1f0e-0000-4000-8000-00000000000a"`, `"0b6d1f0e00004000800000000000000a"`, `"0B6D1F0E-0000-4000-8000-00000000000A"`,
		`"{0b6d1f0e-0000-4000-8000-00000000000a}"`, `"urn:uuid:0b6d1f0e-0000-4000-8000-00000000000a"`,
		`15189015022222204158453706009219334154`,
	} {
		o, err := body.Parse([]byte(`{"v":` + text + `}`))
		require.NoError(t, err)
		id, ok := o.UUID("v", body.Required())
		require.True(t, ok, text)
		if text[0] == '"' {
			require.Equal(t, want, id.String(), text)
		}
	}
	for text, want := range map[string]string{
		`{}`: body.MsgRequired, `{"v":null}`: body.MsgNull, `{"v":""}`: body.MsgUUID, `{"v":true}`: body.MsgUUID, `{"v":[]}`: body.MsgUUID,
		`{"v":-1}`: body.MsgUUID, `{"v":1.0}`: body.MsgUUID, `{"v":340282366920938463463374607431768211456}`: body.MsgUUID,
		`{"v":"0b6d1f0e-0000-4000-8000-00000000000g"}`: body.MsgUUID, `{"v":"0b6d1f0e_000_4000_8000_00000000000a"}`: body.MsgUUID,
	} {
		o, err := body.Parse([]byte(text))
		require.NoError(t, err)
		_, ok := o.UUID("v", body.Required())
		require.False(t, ok, text)
		require.Equal(t, map[string]any{"v": []string{want}}, reply.As(o.Err()).Body, text)
	}
}

func TestFaults_of_all_fields_are_told_at_once(t *testing.T) {
	o, err := body.Parse([]byte(`{"name":"","level":"x","on":"maybe"}`))
	require.NoError(t, err)
	o.String("name", body.Required())
	o.String("level", body.Optional().OneOf("a"))
	o.Bool("on", body.Optional())
	o.UUID("id", body.Required())
	require.Equal(t, map[string]any{
		"name": []string{body.MsgBlank}, "level": []string{`"x" is not a valid choice.`},
		"on": []string{body.MsgBool}, "id": []string{body.MsgRequired},
	}, reply.As(o.Err()).Body)
}

func TestRead_looks_at_the_type_only(t *testing.T) {
	for _, kind := range []string{"APPLICATION/JSON", "application/json; charset=latin1", "application/json; charset", "application/json;;"} {
		o, err := read(kind, `{"a":1}`)
		require.NoError(t, err, kind)
		require.True(t, o.Has("a"))
	}
	for _, kind := range []string{"", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "///"} {
		_, err := read(kind, `{"a":1}`)
		require.Equal(t, 415, reply.As(err).Status, kind)
	}
}

func TestPeek_leaves_the_body_to_be_read(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"a":1}`))
	r.Header.Set("Content-Type", "application/json")
	for range 2 {
		raw, err := body.Peek(w, r, 1<<10)
		require.NoError(t, err)
		require.Equal(t, `{"a":1}`, string(raw))
	}
	o, err := body.Read(w, r, 1<<10)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, o.Names())
	r = httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 2<<10)))
	_, err = body.Peek(w, r, 1<<10)
	require.Equal(t, 413, reply.As(err).Status)
	r = httptest.NewRequest("POST", "/", nil)
	raw, err := body.Peek(w, r, 1<<10)
	require.NoError(t, err)
	require.Empty(t, raw)
}

func FuzzRead(f *testing.F) {
	f.Add("application/json", `{"v":1}`)
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n1\r\n--x--\r\n")
	f.Add("multipart/form-data", "--\r\n")
	f.Fuzz(func(t *testing.T, kind, text string) {
		o, err := read(kind, text)
		if err != nil {
			require.Less(t, reply.As(err).Status, 500)
			return
		}
		o.String("v", body.Required().Max(10).Null())
		o.UUID("v", body.Optional())
		o.Truthy("v")
		if err := o.Err(); err != nil {
			require.Equal(t, 400, reply.As(err).Status)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"v":1}`, `[]`, `{"v":"\ud800"}`, `{"v":1e400}`, "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := body.Parse(raw)
		if err != nil {
			require.Less(t, reply.As(err).Status, 500)
			return
		}
		o.String("v", body.Required().Max(10))
		o.Bool("v", body.Optional())
		o.Truthy("v")
		o.Text("v")
		if err := o.Err(); err != nil {
			require.Equal(t, 400, reply.As(err).Status)
		}
	})
}

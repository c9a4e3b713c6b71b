package body_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

func readForm(kind, text string) (*body.Object, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(text))
	r.Header.Set("Content-Type", kind)
	return body.ReadForm(httptest.NewRecorder(), r, 1_000)
}

const urlencoded = "application/x-www-form-urlencoded"

func TestReadForm_takes_pairs_as_browsers_and_libraries_send_them(t *testing.T) {
	for text, want := range map[string]string{
		"a=1": "1", "a=1&b=2": "1", "b=2&a=1": "1", "a=1&a=2": "2", "a=%26%3D%2B%25": "&=+%", "a=x+y": "x y", "a=": "", "a": "",
		"%61=1": "1", "a=100%": "100%", "a=%zz": "%zz", "a=%4": "%4", "a=b=c": "b=c", "&&a=1&&": "1", "a=%C3%A9": "é", "a=%ff": "\uFFFD",
		"a=x;y": "x;y", "a=é": "é",
	} {
		o, err := readForm(urlencoded+"; charset=utf-8", text)
		require.NoError(t, err, text)
		got, ok := o.String("a", body.Required().Blank())
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	o, err := readForm(urlencoded, "a=1&b=1&a=2&%61=3")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "a"}, o.Repeated())
	require.True(t, o.IsForm())
}

func TestReadForm_takes_JSON_and_nothing_else(t *testing.T) {
	o, err := readForm("application/json", `{"a":"1"}`)
	require.NoError(t, err)
	require.Equal(t, "1", o.Text("a"))
	o, err = readForm("text/plain", "")
	require.NoError(t, err, "nothing is of no type")
	require.False(t, o.Has("a"))
	for kind, text := range map[string]string{"text/plain": "a=1", "multipart/form-data; boundary=x": "--x--", "": "a=1"} {
		_, err := readForm(kind, text)
		require.Equal(t, 415, reply.As(err).Status, kind)
	}
	_, err = readForm(urlencoded, strings.Repeat("a", 1_001))
	require.Equal(t, 413, reply.As(err).Status)
	_, err = readForm(urlencoded, strings.Repeat("a&", 101))
	require.Equal(t, 400, reply.As(err).Status)
}

func FuzzParseForm(f *testing.F) {
	for _, text := range []string{"a=1&b=2", "a=%26", "%=%&+=+", "a", "=", "a=%ff&a=%00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := body.ParseForm(text)
		strict, strictErr := url.ParseQuery(text)
		if err != nil || strictErr != nil {
			return
		}
		for name, values := range strict { // well-formed input reads as it does everywhere
			name = strings.ToValidUTF8(name, "\uFFFD")
			last := strings.ToValidUTF8(values[len(values)-1], "\uFFFD")
			if len(o.Repeated()) == 0 {
				require.Equal(t, last, o.Text(name))
			}
		}
	})
}

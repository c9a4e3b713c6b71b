package body_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

func TestTexts_tells_faulty_items_by_their_index(t *testing.T) {
	long := func(text string) string {
		if len(text) > 3 {
			return "Too long."
		}
		return ""
	}
	for text, want := range map[string]string{
		`{}`:                       `{"l":["This field is required."]}`,
		`{"l":null}`:               `{"l":["This field may not be null."]}`,
		`{"l":"a"}`:                `{"l":["Expected a list of items but got type \"str\"."]}`,
		`{"l":{"0":"a"}}`:          `{"l":["Expected a list of items but got type \"dict\"."]}`,
		`{"l":5}`:                  `{"l":["Expected a list of items but got type \"int\"."]}`,
		`{"l":[]}`:                 `{"l":["This list may not be empty."]}`,
		`{"l":["a","b","c","d"]}`:  `{"l":["Ensure this field has no more than 3 elements."]}`,
		`{"l":["a","long",null]}`:  `{"l":{"1":["Too long."],"2":["This field may not be null."]}}`,
		`{"l":[true,["a"]," "]}`:   `{"l":{"0":["Not a valid string."],"1":["Not a valid string."],"2":["This field may not be blank."]}}`,
		`{"l":["a\u0000","b",{}]}`: `{"l":{"0":["Null characters are not allowed."],"2":["Not a valid string."]}}`,
	} {
		o, err := body.Parse([]byte(text))
		require.NoError(t, err)
		_, ok := o.Texts("l", 3, long)
		require.False(t, ok, text)
		b, err := reply.Encode(reply.As(o.Err()).Body)
		require.NoError(t, err)
		require.Equal(t, want, string(b), text)
	}
	o, err := body.Parse([]byte(`{"l":[" a ",5,"a"]}`))
	require.NoError(t, err)
	texts, ok := o.Texts("l", 3, long)
	require.True(t, ok)
	require.Equal(t, []string{"a", "5", "a"}, texts)
}

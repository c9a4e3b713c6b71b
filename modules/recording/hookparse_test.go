package recording

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func FuzzParse_names_recordings_below_the_folder_only(f *testing.F) {
	id := uuid.NewString()
	f.Add("minio", `[{"s3":{"bucket":{"name":"b"},"object":{"key":"recordings%2F`+id+`.mp4","contentType":"video/mp4"}}}]`)
	f.Add("s3", `[{"s3":{"bucket":{"name":"b"},"object":{"key":"a/recordings/`+id+`.ogg"}}}]`)
	f.Add("s3", `[null]`)
	rule := keyRule("recordings")
	f.Fuzz(func(t *testing.T, parser, text string) {
		x, err := parse(parser, json.RawMessage(text))
		if err != nil {
			return
		}
		if id, ok := x.recording(rule); ok {
			require.Contains(t, x.key, "recordings%2F")
			require.Contains(t, strings.ToLower(x.key), id.String())
		}
	})
}

func TestEncodeKey_leaves_what_is_encoded_already(t *testing.T) {
	for key, want := range map[string]string{
		"recordings/a.mp4": "recordings%2Fa.mp4", "recordings%2Fa.mp4": "recordings%2Fa.mp4", "a b+c/é": "a%20b+c%2F%C3%A9", "_.-~": "_.-~",
	} {
		require.Equal(t, want, encodeKey(key))
	}
}

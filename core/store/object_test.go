package store

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is accepted is an object whose text PostgreSQL can store; that it stores all of
// it is tested on the engines (storetest).
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, ``, `{"a":"\u0000"}`, `{"a":"\\u0000"}`, `{"a":"\ud83c\udfa5"}`, `{"a":"\ud83c"}`,
		`{"\udfa5":[1e5,-1E-5]}`, `{"a":1e1001}`, `[]`, `{"a":"\ud83c\n"}`, `{"a":"\ud83c\\udfa5"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := object(raw)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalid)
			return
		}
		var kept map[string]any
		d := json.NewDecoder(strings.NewReader(string(got)))
		d.UseNumber()
		require.NoError(t, d.Decode(&kept))
		again, err := json.Marshal(kept)
		require.NoError(t, err)
		require.NotContains(t, strings.ReplaceAll(string(again), `\\`, ""), `\u0000`)
		if !strings.Contains(string(got), "\ufffd") && !strings.Contains(strings.ToLower(string(got)), `\ufffd`) {
			require.NotContains(t, string(again), "\ufffd", "half a pair")
		}
		_, err = object(again)
		require.NoError(t, err)
	})
}

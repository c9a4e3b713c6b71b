package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameJSON_compares_values_and_not_spellings(t *testing.T) {
	for _, x := range []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[1, 2]}`, `{ "b":[1,2],"a":1 }`, true},
		{`{"a":1}`, `{"a":2}`, false},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{`{`, `{}`, false},
	} {
		require.Equal(t, x.same, SameJSON([]byte(x.a), []byte(x.b)), x.a+" "+x.b)
	}
}

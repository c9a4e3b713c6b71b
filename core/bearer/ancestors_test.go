package bearer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestApplication_looks_all_ancestors_of_a_token_up_at_once(t *testing.T) {
	var from []string
	for i := range 8 {
		from = append(from, fmt.Sprint("ancestor ", i))
	}
	b := &book{}
	got, identity := verdict(t, applicationStage(b), bearerOf(sign(t, hs256, with(legacy(), object{"jti": "own", "exchanged_for": from}), []byte(secret))))
	require.Equal(t, "admit", got)
	require.Equal(t, 1, b.asked)
	require.Equal(t, append(from, "own"), identity.TokenIDs)
}

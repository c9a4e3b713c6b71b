package assertion_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/modules/external-api/assertion"
	"foyer/sdk/module"
)

// The test compares quartiles of many alternating refusals. Verifying an RSA signature
// takes several times as long as reading an assertion.
func TestRefusals_take_the_same_time_whether_there_is_such_an_application(t *testing.T) {
	v, keys := newVerifier(t), signers(t)
	others := signers(t)
	apps := map[string]*module.Application{
		"nobody": nil, "no keys": {ID: uuid.New(), ClientID: client}, "another kind of key": app(t, keys["EdDSA"]), "its kind": app(t, keys["RS256"]),
	}
	text := sign(t, "RS256", others["RS256"], good())
	took := map[string][]time.Duration{}
	const samples = 400
	for range samples {
		for name, a := range apps {
			start := time.Now()
			_, err := v.Check(t.Context(), a, text, []string{audience})
			took[name] = append(took[name], time.Since(start))
			require.ErrorIs(t, err, assertion.ErrWrong)
		}
	}
	for _, list := range took {
		slices.Sort(list)
	}
	base := took["its kind"][samples/2].Seconds()
	for name, list := range took {
		require.InDelta(t, 1, list[samples/2].Seconds()/base, 0.6, "%s: %s, its kind: %s", name, list[samples/2], took["its kind"][samples/2])
	}
}

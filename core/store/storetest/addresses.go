package storetest

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// Addresses tests that addresses are compared ignoring the case of ASCII letters
// only, whatever the engine and its locale make of others.
func Addresses(t *testing.T, s *store.Store) {
	for i, x := range []struct {
		a, b string
		same bool
	}{
		{"Ada.Lane+x@Example.org", "aDA.lANE+X@eXAMPLE.ORG", true},
		{"AZ[`{@example.org", "az[`{@example.org", true},
		{"AZ[@example.org", "az{@example.org", false},  // 32 apart, as letters are
		{"INES@example.org", "ines@example.org", true}, // in Turkish too
		{"İ@example.org", "i@example.org", false},
		{"İ@example.org", "i\u0307@example.org", false},
		{"ı@example.org", "I@example.org", false},
		{"ı@example.org", "i@example.org", false},
		{"\u212a@example.org", "k@example.org", false}, // the sign of Kelvin
		{"\u212a@example.org", "K@example.org", false},
		{"ada@\u212aelvin.example", "ada@kelvin.example", false},
		{"\u212b@example.org", "å@example.org", false}, // of Ångström
		{"ſ@example.org", "s@example.org", false},
		{"ß@example.org", "ss@example.org", false},
		{"ß@example.org", "ẞ@example.org", false},
		{"É@example.org", "é@example.org", false},
		{"É@EXAMPLE.org", "É@example.ORG", true},
		{"é@example.org", "e\u0301@example.org", false},
		{"ada@É.example", "ada@é.example", false},
		{"Σ@example.org", "ς@example.org", false},
		{"Д@example.org", "д@example.org", false},
		{"ǆ@example.org", "ǅ@example.org", false},
		{"ada_@example.org", "adax@example.org", false}, // no pattern
		{"ada@example.org", "ada@example.org ", false},
	} {
		// Each pair is on its own, since many resemble others.
		number := strconv.Itoa(i)
		a, b := number+x.a, number+x.b
		for j, email := range []string{a, b} {
			_, err := s.CreateUser(t.Context(), store.User{Sub: ptr(number + "/" + strconv.Itoa(j)), Email: &email})
			require.NoError(t, err)
		}
		for _, email := range []string{a, b} {
			list, err := s.UsersByEmail(t.Context(), email)
			require.NoError(t, err)
			var found []string
			for _, u := range list {
				found = append(found, *u.Email)
			}
			if x.same {
				require.ElementsMatch(t, []string{a, b}, found, "%q and %q", a, b)
			} else {
				require.Equal(t, []string{email}, found, "%q and %q", a, b)
			}
		}
	}
}

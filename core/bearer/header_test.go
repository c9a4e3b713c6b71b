package bearer_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
)

func TestHeader_is_read_by_the_JWT_stages_as_the_contract_says(t *testing.T) {
	token := sign(t, hs256, legacy(), []byte(secret))
	for header, want := range map[string]string{
		"":                                      "defer",
		"Basic " + token:                        "defer",
		"Token " + token:                        "defer",
		token:                                   "defer",
		"Bearer":                                "Invalid token header.",
		"bearer  ":                              "Invalid token header.",
		"Bearer " + token + " more":             "Invalid token header.",
		"Bearer \xff\xfe":                       "Invalid token encoding.",
		"Bearer " + token:                       "admit",
		"bEARER   " + token + " ":               "admit",
		"Bearer " + strings.ToUpper(token):      "defer",
		"Bearer x":                              "defer",
		"Bearer a.b.c":                          "defer",
		"Bearer " + strings.Repeat("x", 17<<10): "Invalid token.",
	} {
		got, _ := verdict(t, applicationStage(&book{}), header)
		require.Equal(t, want, got, "%.60q", header)
		if want == "admit" {
			want = "defer" // signed with another key
		}
		got, _ = verdict(t, addonsStage(&book{}), header)
		require.Equal(t, want, got, "%.60q", header)
	}
}

func TestHeader_is_read_by_the_last_stage_as_the_contract_says(t *testing.T) {
	wrapped := base64.StdEncoding.EncodeToString([]byte("opaque-token"))
	for header, want := range map[string]string{
		"":                     "defer",
		"Basic x":              "defer",
		"Bearer":               `Invalid "bearer" header: No credentials provided.`,
		"Bearer x y":           `Invalid "bearer" header: Credentials string should not contain spaces.`,
		"Bearer \xff":          "Invalid token encoding.",
		"Bearer opaque-token":  "opaque-token",
		"BEARER opaque-token":  "opaque-token",
		"Bearer " + wrapped:    "opaque-token",
		"Bearer abcd":          "abcd",          // base64 of something that is not text
		"Bearer aGVsbG8":       "aGVsbG8",       // base64 without its padding
		"Bearer aGVsbG8=":      "hello",         // base64
		"Bearer aGVs-_8=":      "aGVs-_8=",      // of the other alphabet
		"Bearer a.b.c":         "a.b.c",         // looks like a JWT
		"Bearer ZXlK.ZXlK.ZX0": "ZXlK.ZXlK.ZX0", // likewise
	} {
		p := &provider{}
		s := bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p})
		got, _ := verdict(t, s, header)
		if got == "admit" {
			got = p.asked
		}
		require.Equal(t, want, got, "%.60q", header)
	}
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"", "Bearer", "Bearer x", "bearer aGVsbG8=", "Bearer a.b.c", "Bearer \xff", "Basic x",
		"Bearer " + sign(f, hs256, legacy(), []byte(secret)), "Bearer " + sign(f, object{"alg": "none"}, legacy(), nil)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		b, p := &book{}, &provider{unknown: true}
		chain := bearer.Chain{applicationStage(b), addonsStage(b), bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p})}
		identity, err := chain.Authenticate(t.Context(), header)
		if err == nil { // nobody can guess a signature: it must be the seed's token
			require.Equal(t, bearer.ApplicationJWT, identity.Kind)
			require.Contains(t, header, ".")
			return
		}
		require.Zero(t, identity)
	})
}

package bearer_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
)

const addonsSecret = "a secret of the add-ons, long enough too"

func addonsStage(b *book) bearer.Stage {
	return bearer.NewAddons(bearer.AddonsOptions{
		Rules: bearer.Rules{
			Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte(addonsSecret)}}, Issuer: "lasuite-meet", Audience: "addons", Now: clock,
		},
		Directory: b,
	})
}

// addon returns the claims of an add-on's token.
func addon() object {
	return object{
		"user_id": ada.ID.String(), "iss": "lasuite-meet", "aud": "addons",
		"iat": now.Unix() - 10, "exp": now.Unix() + 7190, "scope": "rooms:create",
	}
}

func TestAddons_answers_row_by_row(t *testing.T) {
	for name, x := range map[string]struct {
		change object
		want   string
	}{
		"as issued":                 {nil, "admit"},
		"expired":                   {object{"exp": now.Unix()}, "Token expired."},
		"no iss":                    {object{"iss": nil}, "defer"},
		"another iss":               {object{"iss": "x"}, "Invalid token."},
		"no aud":                    {object{"aud": nil}, "defer"},
		"another aud":               {object{"aud": "x"}, "Invalid token."},
		"no user_id":                {object{"user_id": nil}, "Invalid token claims."},
		"unknown user":              {object{"user_id": uuid.NewString()}, "User not found."},
		"inactive user":             {object{"user_id": gone.ID.String()}, "User account is disabled."},
		"of an application":         {object{"client_id": "disabled"}, "Invalid token claims."},
		"of an application, by act": {object{"act": object{"sub": "disabled"}, "client_id": "calendar"}, "Invalid token claims."},
	} {
		t.Run(name, func(t *testing.T) {
			got, identity := verdict(t, addonsStage(&book{}), bearerOf(sign(t, hs256, with(addon(), x.change), []byte(addonsSecret))))
			require.Equal(t, x.want, got)
			if got == "admit" {
				require.Equal(t, &bearer.Identity{
					Kind: bearer.AddonsJWT, Account: ada, Source: source("addons"), Scopes: bearer.Scopes{"rooms:create"},
					Ends: time.Unix(now.Unix()+7190, 0),
				}, identity)
			}
		})
	}
}

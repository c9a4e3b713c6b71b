package bearer_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

var (
	ada  = module.Account{User: module.User{ID: uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01"), Sub: "ada"}, Active: true}
	gone = module.Account{User: module.User{ID: uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b02"), Sub: "gone"}}

	calendar = module.Application{ID: uuid.MustParse("6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11"), ClientID: "calendar", Active: true}
	disabled = module.Application{ID: uuid.MustParse("6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c12"), ClientID: "disabled"}
	bound    = module.Application{
		ID: uuid.MustParse("6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c13"), ClientID: "bound", Active: true,
		Addresses: []string{"192.0.2.0/24", "2001:db8::/32"},
	}
)

// book holds the accounts and applications that the tests know, and counts how often it
// is asked.
type book struct {
	asked int
	fail  error
}

func (b *book) Bearer(_ context.Context, q module.BearerQuery) (module.Bearer, error) {
	b.asked++
	found := module.Bearer{Revoked: slices.Contains(append(q.Ancestors, q.TokenID), "revoked")}
	for _, a := range []module.Account{ada, gone} {
		if a.ID == q.User {
			found.Account = &a
		}
	}
	for _, a := range []module.Application{calendar, disabled, bound} {
		if a.ClientID == q.ClientID {
			found.Application = &a
		}
	}
	return found, b.fail
}

// now is the time in every test.
var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

type object = map[string]any

// with returns a copy of base with changes; a nil value removes a claim.
func with(base, changes object) object {
	all := object{}
	for _, m := range []object{base, changes} {
		for k, v := range m {
			if all[k] = v; v == nil {
				delete(all, k)
			}
		}
	}
	return all
}

const secret = "a secret of the applications, long enough"

// sign builds a token by hand: the library would refuse some of these.
func sign(t testing.TB, header, claims object, key any) string {
	t.Helper()
	text := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	alg, _ := header["alg"].(string)
	signed := text(header) + "." + text(claims)
	if alg == "none" {
		return signed + "."
	}
	signature, err := jwt.GetSigningMethod(alg).Sign(signed, key)
	require.NoError(t, err)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

var hs256 = object{"alg": "HS256", "typ": "JWT"}

// legacy returns the claims of a token issued by the replaced server.
func legacy() object {
	return object{
		"client_id": "calendar", "delegated": true, "user_id": ada.ID.String(), "iss": "lasuite-meet",
		"iat": now.Unix() - 10, "exp": now.Unix() + 3590, "scope": "rooms:list rooms:create",
	}
}

func applicationStage(b *book, change ...func(*bearer.ApplicationOptions)) bearer.Stage {
	o := bearer.ApplicationOptions{
		Rules: bearer.Rules{
			Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte(secret)}}, Issuer: "lasuite-meet", Now: clock,
		},
		Directory: b,
	}
	for _, c := range change {
		c(&o)
	}
	return bearer.NewApplication(o)
}

// verdict is a stage's verdict on a header: "defer", "admit", or the text of the
// refusal, which must be a 401 with the challenge.
func verdict(t testing.TB, s bearer.Stage, header string) (string, *bearer.Identity) {
	t.Helper()
	identity, err := s.Authenticate(t.Context(), header)
	switch {
	case err != nil:
		require.Nil(t, identity)
		e := reply.As(err)
		require.Equal(t, 401, e.Status, err)
		require.Equal(t, map[string]string{"WWW-Authenticate": "Bearer"}, e.Header)
		return e.Body.(map[string]string)["detail"], nil
	case identity == nil:
		return "defer", nil
	}
	return "admit", identity
}

func bearerOf(token string) string { return "Bearer " + token }

// tamper changes the last character of the claims.
func tamper(token string) string {
	at := strings.LastIndex(token, ".") - 1
	other := byte('A')
	if token[at] == 'A' {
		other = 'Q'
	}
	return token[:at] + string(other) + token[at+1:]
}

// source is the id under which the rooms of a program without an id are kept: it must
// never change.
func source(name string) uuid.UUID {
	return uuid.NewSHA1(uuid.MustParse("8c3a8f0e-4a3c-4f3e-9d63-1c5a0f6f2b1d"), []byte(name))
}

// pair is a public key and the key that signs for it.
type pair struct {
	public  crypto.PublicKey
	private crypto.PrivateKey
}

package verifier_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/core/bearer/verifier"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const secret = "a secret of the tokens, long enough for them"

// issuer is a module with settings to issue tokens by, or with a faulty section.
type issuer struct {
	module.Module
	settings verifier.Settings
	fault    error
}

func (issuer) Name() string { return "issuer" }

func (i issuer) Verifier(to verifier.Services) (*verifier.Verifier, error) {
	if i.fault != nil {
		return nil, i.fault
	}
	return verifier.New(i.settings, to)
}

// book knows everybody.
type book struct{ module.Applications }

func (book) Bearer(_ context.Context, q module.BearerQuery) (module.Bearer, error) {
	return module.Bearer{
		Application: &module.Application{ID: uuid.New(), ClientID: q.ClientID, Active: true},
		Account:     &module.Account{User: module.User{ID: q.User}, Active: true},
	}, nil
}

func host(string) module.Host {
	return hostapi.Parts{Applications: book{}, Log: slog.New(slog.DiscardHandler)}.Host()
}

// detail returns the answer to a valid token of an application, "" = admitted.
func detail(t *testing.T, v *verifier.Verifier) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": "calendar", "delegated": true, "user_id": uuid.NewString(), "scope": "notes:read",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(secret))
	require.NoError(t, err)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	_, err = v.Admit(r, "notes:read")
	if err == nil {
		return ""
	}
	e := reply.As(err)
	require.Equal(t, "Bearer", e.Header["WWW-Authenticate"])
	return e.Body.(map[string]string)["detail"]
}

func TestOpen_accepts_what_the_issuer_says_while_it_is_on(t *testing.T) {
	rules := &bearer.Rules{Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte(secret)}}}
	on := true
	switched := func(name string) bool { return name == "issuer" && on }
	v, err := verifier.Open([]module.Module{nil, issuer{settings: verifier.Settings{Applications: rules}}}, host, switched)
	require.NoError(t, err)
	defer v.Close()
	require.Empty(t, detail(t, v))
	on = false
	require.Equal(t, "Authentication credentials were not provided.", detail(t, v))
	on = true
	require.Empty(t, detail(t, v))
}

func TestOpen_accepts_nothing_otherwise(t *testing.T) {
	always := func(string) bool { return true }
	const nobody, unset = "Authentication credentials were not provided.", "Resource Server is improperly configured"
	half := introspection.Default()
	half.ClientSecret, half.Issuer, half.Endpoint, half.Proxy = conf.NewSecret("x"), "https://op.example.org", "https://op.example.org/introspect", "::"
	for name, x := range map[string]struct {
		modules []module.Module
		fails   bool
		want    string
	}{
		"no module":                     {nil, false, nobody},
		"applications are off":          {[]module.Module{issuer{}}, false, unset},
		"no key":                        {[]module.Module{issuer{settings: verifier.Settings{Applications: &bearer.Rules{}}}}, false, unset},
		"an empty key":                  {[]module.Module{issuer{settings: verifier.Settings{Applications: &bearer.Rules{Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte{}}}}}}}, false, unset},
		"a faulty section":              {[]module.Module{issuer{fault: errors.New("jwt_secret_key: not a key")}}, true, nobody},
		"a provider nobody can ask":     {[]module.Module{issuer{settings: verifier.Settings{Provider: half}}}, true, nobody},
		"add-ons, of another secret":    {[]module.Module{issuer{settings: verifier.Settings{Addons: &bearer.Rules{Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte("other")}}}}}}, false, unset},
		"add-ons, signed with that one": {[]module.Module{issuer{settings: verifier.Settings{Addons: &bearer.Rules{Keys: []bearer.Key{{Algorithm: "HS256", Value: []byte(secret)}}}}}}, false, "Invalid token claims."},
	} {
		v, err := verifier.Open(x.modules, host, always)
		require.Equal(t, x.fails, err != nil, "%s: %v", name, err)
		require.NotNil(t, v, name)
		require.Equal(t, x.want, detail(t, v), name)
		v.Close()
	}
}

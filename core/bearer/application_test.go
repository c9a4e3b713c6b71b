package bearer_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func TestApplication_admits_tokens_of_the_replaced_server(t *testing.T) {
	got, identity := verdict(t, applicationStage(&book{}), bearerOf(sign(t, hs256, legacy(), []byte(secret))))
	require.Equal(t, "admit", got)
	end := time.Unix(now.Unix()+3590, 0)
	require.Equal(t, &bearer.Identity{
		Kind: bearer.ApplicationJWT, Account: ada, Application: calendar.ID, ClientID: "calendar", Source: calendar.ID,
		Scopes: bearer.Scopes{"rooms:list", "rooms:create"}, Ends: end,
	}, identity)
}

func TestApplication_admits_tokens_of_RFC_9068(t *testing.T) {
	claims := with(legacy(), object{
		"user_id": nil, "delegated": nil, "client_id": nil, "sub": ada.ID.String(), "jti": "fresh", "nbf": now.Unix() - 10,
		"act": object{"sub": "calendar"},
	})
	for _, typ := range []any{"at+jwt", "application/at+jwt", "AT+JWT"} {
		got, identity := verdict(t, applicationStage(&book{}), bearerOf(sign(t, object{"alg": "HS256", "typ": typ}, claims, []byte(secret))))
		require.Equal(t, "admit", got, typ)
		require.Equal(t, ada, identity.Account)
		require.Equal(t, calendar.ID, identity.Application)
	}
}

// The tables of external-api.md 2.1.
func TestApplication_answers_row_by_row(t *testing.T) {
	for name, x := range map[string]struct {
		change object
		want   string
	}{
		"expired":                          {object{"exp": now.Unix() - 1}, "Token expired."},
		"expires now":                      {object{"exp": now.Unix()}, "Token expired."},
		"no exp":                           {object{"exp": nil}, "defer"},
		"exp is text":                      {object{"exp": "tomorrow"}, "defer"},
		"iat in the future":                {object{"iat": now.Unix() + 1}, "defer"},
		"nbf in the future":                {object{"nbf": now.Unix() + 1}, "defer"},
		"iat before exp, both wrong":       {object{"iat": now.Unix() + 1, "exp": now.Unix() - 1}, "defer"},
		"exp before iss, both wrong":       {object{"exp": now.Unix() - 1, "iss": "x"}, "Token expired."},
		"sub is not text":                  {object{"sub": 7}, "defer"},
		"jti is not text":                  {object{"jti": 7}, "defer"},
		"no iss":                           {object{"iss": nil}, "defer"},
		"another iss":                      {object{"iss": "x"}, "Invalid token."},
		"iss is not text":                  {object{"iss": []string{"lasuite-meet"}}, "Invalid token."},
		"aud nobody configured":            {object{"aud": "x"}, "Invalid token."},
		"aud nobody configured, a list":    {object{"aud": []string{"x"}}, "Invalid token."},
		"aud of no kind":                   {object{"aud": 7}, "Invalid token."},
		"an empty aud":                     {object{"aud": ""}, "admit"},
		"no client_id":                     {object{"client_id": nil}, "Invalid token claims."},
		"client_id is no text":             {object{"client_id": 7}, "Invalid token claims."},
		"unknown application":              {object{"client_id": "x"}, "Application not found."},
		"in another case":                  {object{"client_id": "Calendar"}, "Application not found."},
		"disabled application":             {object{"client_id": "disabled"}, "Application is disabled."},
		"not delegated":                    {object{"delegated": false}, "Invalid token type."},
		"no delegated":                     {object{"delegated": nil}, "Invalid token type."},
		"delegated as text":                {object{"delegated": "true"}, "Invalid token type."},
		"revoked":                          {object{"jti": "revoked"}, "Token has been revoked."},
		"exchanged for one that is good":   {object{"jti": "a", "exchanged_for": []string{"b", "c"}}, "admit"},
		"exchanged for a revoked one":      {object{"jti": "a", "exchanged_for": []string{"revoked", "c"}}, "Token has been revoked."},
		"exchanged long ago for a revoked": {object{"jti": "a", "exchanged_for": []string{"b", "revoked"}}, "Token has been revoked."},
		"exchanged for nobody knows what":  {object{"exchanged_for": 7}, "Invalid token claims."},
		"exchanged for a provider's, whom nobody can ask": {object{"exchange_origin": "x"}, "Token has been revoked."},
		"exchanged for a provider's, of no kind":          {object{"exchange_origin": 7}, "Token has been revoked."},
		"no user_id":                                      {object{"user_id": nil}, "Invalid token claims."},
		"sub alone is not whom it acts for":               {object{"user_id": nil, "sub": ada.ID.String()}, "Invalid token claims."},
		"unknown user":                                    {object{"user_id": uuid.NewString()}, "User not found."},
		"user_id is no id":                                {object{"user_id": "ada"}, "User not found."},
		"inactive user":                                   {object{"user_id": gone.ID.String()}, "User account is disabled."},
		"two applications":                                {object{"act": object{"sub": "disabled"}}, "Invalid token claims."},
		"an actor of no kind":                             {object{"client_id": nil, "act": "calendar"}, "Invalid token claims."},
		"a role of nothing":                               {object{"scope": nil}, "admit"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := verdict(t, applicationStage(&book{}), bearerOf(sign(t, hs256, with(legacy(), x.change), []byte(secret))))
			require.Equal(t, x.want, got)
		})
	}
}

func TestApplication_requires_the_audience_once_one_is_configured(t *testing.T) {
	s := applicationStage(&book{}, func(o *bearer.ApplicationOptions) { o.Rules.Audience = "api" })
	for name, x := range map[string]struct {
		aud  any
		want string
	}{
		"none": {nil, "defer"}, "empty": {"", "defer"}, "no names": {[]string{}, "defer"}, "that one": {"api", "admit"},
		"among others": {[]string{"x", "api"}, "admit"}, "another": {"x", "Invalid token."}, "of no kind": {[]any{"api", 7}, "Invalid token."},
	} {
		got, _ := verdict(t, s, bearerOf(sign(t, hs256, with(legacy(), object{"aud": x.aud}), []byte(secret))))
		require.Equal(t, x.want, got, name)
	}
	s = applicationStage(&book{}, func(o *bearer.ApplicationOptions) { o.Rules.Issuer = "" })
	got, _ := verdict(t, s, bearerOf(sign(t, hs256, with(legacy(), object{"iss": "whoever"}), []byte(secret))))
	require.Equal(t, "admit", got, "no issuer is configured")
}

func TestApplication_defers_stolen_and_forged_tokens_and_looks_nothing_up(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	good := sign(t, hs256, legacy(), []byte(secret))
	for name, token := range map[string]string{
		"another secret":                sign(t, hs256, legacy(), []byte("the secret of the media server")),
		"another length":                sign(t, object{"alg": "HS512", "typ": "JWT"}, legacy(), []byte(secret)),
		"another kind of key":           sign(t, object{"alg": "RS256", "typ": "JWT"}, legacy(), key),
		"no key":                        sign(t, object{"alg": "none", "typ": "JWT"}, legacy(), nil),
		"no key, another case":          sign(t, object{"alg": "none"}, legacy(), nil) + "x",
		"tampered":                      tamper(good),
		"no signature":                  good[:len(good)-43],
		"another type":                  sign(t, object{"alg": "HS256", "typ": "token-introspection+jwt"}, legacy(), []byte(secret)),
		"a type of no kind":             sign(t, object{"alg": "HS256", "typ": 7}, legacy(), []byte(secret)),
		"a critical header":             sign(t, object{"alg": "HS256", "typ": "JWT", "crit": []string{"x"}, "x": true}, legacy(), []byte(secret)),
		"five parts":                    good + ".x.y",
		"claims that are not an object": sign(t, hs256, nil, []byte(secret))[:20],
	} {
		b := &book{}
		got, _ := verdict(t, applicationStage(b), bearerOf(token))
		require.Equal(t, "defer", got, name)
		require.Zero(t, b.asked, name)
	}
}

func TestApplication_pins_each_key_to_its_algorithm(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	keys := map[string]pair{"RS256": {&rsaKey.PublicKey, rsaKey}, "ES256": {&ecKey.PublicKey, ecKey}, "EdDSA": {public, edKey}}
	s := applicationStage(&book{}, func(o *bearer.ApplicationOptions) {
		for alg, k := range keys {
			o.Rules.Keys = append(o.Rules.Keys, bearer.Key{ID: "key-" + alg, Algorithm: alg, Value: k.public})
		}
	})
	for alg, k := range keys {
		for kid, want := range map[any]string{"key-" + alg: "admit", nil: "admit", "another": "defer", "key-HS256": "defer"} {
			got, _ := verdict(t, s, bearerOf(sign(t, with(object{"alg": alg, "typ": "at+jwt"}, object{"kid": kid}), legacy(), k.private)))
			require.Equal(t, want, got, "%s %v", alg, kid)
		}
	}
	got, _ := verdict(t, s, bearerOf(sign(t, hs256, legacy(), []byte(secret))))
	require.Equal(t, "admit", got, "the secret still works beside them")

	// The old trick: a public key used as a shared secret.
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	for _, known := range [][]byte{der, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), public} {
		got, _ = verdict(t, s, bearerOf(sign(t, hs256, legacy(), known)))
		require.Equal(t, "defer", got)
	}
}

func TestApplication_without_a_secret_admits_nobody(t *testing.T) {
	for _, keys := range [][]bearer.Key{nil, {{Algorithm: "HS256"}}, {{Algorithm: "HS256", Value: []byte{}}}, {{Algorithm: "RS256", Value: []byte(secret)}}} {
		s := applicationStage(&book{}, func(o *bearer.ApplicationOptions) { o.Rules.Keys = keys })
		for _, key := range []string{"", secret} {
			got, _ := verdict(t, s, bearerOf(sign(t, hs256, legacy(), []byte(key))))
			require.Equal(t, "defer", got)
		}
	}
}

func TestApplication_bound_to_addresses_calls_from_there_only(t *testing.T) {
	token := bearerOf(sign(t, hs256, with(legacy(), object{"client_id": "bound"}), []byte(secret)))
	for address, want := range map[string]int{
		"192.0.2.7": 200, "::ffff:192.0.2.7": 200, "2001:db8::1": 200, "192.0.3.7": 403, "2001:db9::1": 403, "": 403, "somewhere": 403,
	} {
		ctx := module.WithCaller(t.Context(), &module.Caller{Address: address})
		identity, err := applicationStage(&book{}).Authenticate(ctx, token)
		if want == 200 {
			require.NoError(t, err, address)
			require.Equal(t, bound.ID, identity.Application)
			continue
		}
		require.Equal(t, want, reply.As(err).Status, address)
	}
}

func TestApplication_admits_nobody_while_nothing_can_be_looked_up(t *testing.T) {
	identity, err := applicationStage(&book{fail: module.ErrUnavailable}).Authenticate(t.Context(), bearerOf(sign(t, hs256, legacy(), []byte(secret))))
	require.Nil(t, identity)
	require.ErrorIs(t, err, module.ErrUnavailable)
}

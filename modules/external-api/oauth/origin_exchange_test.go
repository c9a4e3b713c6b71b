package oauth_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

// provided returns the configuration that accepts the provider's tokens and remembers
// its answers for as long as memory says.
func provided(op *oidcdev.Provider, memory string) string {
	return fmt.Sprintf("resource_server:\n  client_id: %s\n  client_secret: %s\n  issuer: %s\n  introspection_endpoint: %s\n  cache_ttl: %s\n  refused_ttl: 0s\n",
		op.ClientID, op.Secret, op.Issuer, op.Issuer+oidcdev.IntrospectionPath, memory)
}

func ofAda(t *testing.T, op *oidcdev.Provider) string {
	t.Helper()
	token, err := op.AccessToken(oidcdev.Grant{Sub: "ada", Client: "office", Scopes: []string{"lasuite_meet", "rooms:list"}, Lifetime: time.Hour})
	require.NoError(t, err)
	return token
}

// A user thrown out at the provider is thrown out here too, with every token that
// descends from the provider's, in either placement.
func TestExchange_ends_with_the_revocation_at_the_provider(t *testing.T) {
	for name, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(name, func(t *testing.T) {
			op := oidcdev.StartT(t, oidcdev.Options{})
			w := newWorld(t, provided(op, "0s"))
			if process {
				w.Gateway = moduletest.Start(t, w.c, true)
			}
			header := []string{"Authorization", basic("client", w.secret)}
			subject := ofAda(t, op)
			first, _, claims := w.issued(w.post(tokenPath, exchange(accessType, subject), header...))
			require.NotContains(t, fmt.Sprint(claims), subject, "the claims tell it to nobody")
			second, _, _ := w.issued(w.post(tokenPath, exchange(accessType, first), header...))
			other, _, _ := w.issued(w.post(tokenPath, w.legacy()))
			require.Equal(t, []int{200, 200, 200}, []int{w.opens(first), w.opens(second), w.opens(other)})

			op.Revoke("ada")
			require.Equal(t, []int{401, 401, 200}, []int{w.opens(first), w.opens(second), w.opens(other)})
			require.Equal(t, false, object(t, w.post(introspectPath, url.Values{"token": {second}}, header...))["active"])
			require.Equal(t, "invalid_request", object(t, w.post(tokenPath, exchange(accessType, second), header...))["error"])
		})
	}
}

// Remembered answers of the provider apply to these tokens too.
func TestExchange_asks_the_provider_no_more_than_its_own_tokens_do(t *testing.T) {
	op := oidcdev.StartT(t, oidcdev.Options{})
	w := newWorld(t, provided(op, "1h"))
	token, _, _ := w.issued(w.post(tokenPath, exchange(accessType, ofAda(t, op)), "Authorization", basic("client", w.secret)))
	for range 10 {
		require.Equal(t, 200, w.opens(token))
	}
	require.Len(t, op.Requests(oidcdev.IntrospectionPath), 1)
}

func TestExchange_denies_what_the_provider_cannot_be_asked_about(t *testing.T) {
	op := oidcdev.StartT(t, oidcdev.Options{})
	w := newWorld(t, provided(op, "0s"))
	header := []string{"Authorization", basic("client", w.secret)}
	subject := ofAda(t, op)
	first, _, _ := w.issued(w.post(tokenPath, exchange(accessType, subject), header...))
	forgotten, _, _ := w.issued(w.post(tokenPath, exchange(accessType, subject), header...))
	require.Equal(t, []int{200, 200}, []int{w.opens(first), w.opens(forgotten)})

	t.Run("it is not stored in the clear", func(t *testing.T) {
		require.NoError(t, w.store.InTx(t.Context(), func(tx *store.Tx) error {
			rows, err := tx.SQL().QueryContext(t.Context(), `SELECT value FROM foyer_kv`)
			require.NoError(t, err)
			defer rows.Close()
			n := 0
			for ; rows.Next(); n++ {
				var value []byte
				require.NoError(t, rows.Scan(&value))
				require.NotContains(t, string(value), strings.TrimSpace(subject))
			}
			require.Positive(t, n)
			return rows.Err()
		}))
	})
	t.Run("it is away", func(t *testing.T) {
		require.NoError(t, op.Close())
		require.Equal(t, 503, w.opens(first))
	})
	t.Run("what was kept is lost", func(t *testing.T) {
		require.NoError(t, w.store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.SQL().ExecContext(t.Context(), `DELETE FROM foyer_kv`)
			return err
		}))
		require.Equal(t, 401, w.opens(forgotten))
	})
	t.Run("it is configured no more", func(t *testing.T) {
		w.c.Config = "jwt_secret_key: " + signingSecret + "\n"
		w.Gateway = moduletest.Start(t, w.c, false)
		require.Equal(t, 401, w.opens(first))
	})
}

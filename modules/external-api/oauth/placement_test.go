package oauth_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
)

// Two gateways share one database, one with the module in its own process: a token
// issued by one opens the other, and a token revoked at one is invalid at both.
func TestTokens_are_good_in_every_placement(t *testing.T) {
	near := newWorld(t, "allow_user_creation: true\n")
	far := *near
	far.Gateway = moduletest.Start(t, near.c, true)
	for _, w := range []*world{near, &far} {
		token, _, _ := w.issued(w.post(tokenPath, w.legacy()))
		require.Equal(t, 200, near.opens(token))
		require.Equal(t, 200, far.opens(token))
		a := w.post(revokePath, url.Values{"token": {token}}, "Authorization", basic("client", w.secret))
		require.Equal(t, 200, a.Status, a.Body)
		require.Equal(t, 401, near.opens(token))
		require.Equal(t, 401, far.opens(token))
	}
	for _, form := range []url.Values{
		{}, with(near.legacy(), "client_id", "nobody"), with(near.legacy(), "client_secret", "x"), with(near.legacy(), "scope", "x"),
		exchange(emailType, "nobody", "client_id", "client", "client_secret", near.secret),
	} {
		require.Equal(t, near.post(tokenPath, form), far.post(tokenPath, form))
	}
	require.Equal(t, 200, far.post(tokenPath, with(near.legacy(), "scope", "new@example.com")).Status)
	users, err := near.store.UsersByEmail(t.Context(), "new@example.com")
	require.NoError(t, err)
	require.Len(t, users, 1)
	near.issued(near.post(tokenPath, with(near.legacy(), "scope", "new@example.com")))
}

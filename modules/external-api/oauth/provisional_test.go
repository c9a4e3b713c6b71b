package oauth_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/moduletest"
)

func TestProvisional_user_is_made_when_all_three_settings_allow_it(t *testing.T) {
	for name, x := range map[string]struct {
		line string
		rule bool
		want int
	}{
		"allowed": {"allow_user_creation: true\n", true, 200}, "the module does not": {"", true, 404},
		"a sign-in could not take it over": {"allow_user_creation: true\n", false, 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, x.line, func(c *moduletest.Case) { c.Accounts = accounts.Rules{Provisional: x.rule, Language: "fr-fr"} })
			a := w.post(tokenPath, with(w.legacy(), "scope", "New.User@example.com"))
			require.Equal(t, x.want, a.Status, a.Body)
			users, err := w.store.UsersByEmail(t.Context(), "new.user@example.com")
			require.NoError(t, err)
			if x.want != 200 {
				require.Equal(t, `{"detail":"User not found."}`, a.Body)
				require.Empty(t, users)
				return
			}
			require.Len(t, users, 1)
			require.Nil(t, users[0].Sub)
			require.Equal(t, "New.User@example.com", *users[0].Email, "as it was sent")
			require.True(t, users[0].IsActive)
			require.Equal(t, "fr-fr", users[0].Language)
			require.Equal(t, "!", users[0].Password[:1])
			_, _, claims := w.issued(w.post(tokenPath, with(w.legacy(), "scope", "NEW.user@example.com")))
			require.Equal(t, users[0].ID.String(), claims["user_id"], "found again, not made twice")
		})
	}
}

func TestProvisional_user_of_an_address_that_many_ask_for_is_one(t *testing.T) {
	w := newWorld(t, "allow_user_creation: true\n")
	statuses := make([]int, 30)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			email := "race@example.com"
			if i%2 == 0 {
				email = "Race@example.com"
			}
			statuses[i] = w.post(tokenPath, with(w.legacy(), "scope", email)).Status
		})
	}
	wg.Wait()
	for _, status := range statuses {
		require.Equal(t, 200, status)
	}
	users, err := w.store.UsersByEmail(t.Context(), "race@example.com")
	require.NoError(t, err)
	require.Len(t, users, 1)
}

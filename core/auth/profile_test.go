package auth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

const oddProfile = "a sign-in told names or an e-mail address that cannot be stored"

// Claims that no account can store as they are. A new account omits or adapts them; an
// existing one keeps its values.
func TestProfile_that_cannot_be_stored_keeps_nobody_out(t *testing.T) {
	long := strings.Repeat("é", 150)
	odd := map[string]struct {
		claims            map[string]any
		email, full, nick string // of a new account; "" = none
		kept              string // full name of an account that was called "Old Name"
		warns             bool
	}{
		"malformed e-mail":       {map[string]any{"email": "nonsense"}, "", "", "", "Old Name", true},
		"e-mail with spaces":     {map[string]any{"email": " j@example.org "}, "", "", "", "Old Name", true},
		"several e-mails":        {map[string]any{"email": "a@example.org,b@example.org"}, "", "", "", "Old Name", true},
		"e-mail with a name":     {map[string]any{"email": "Ada <a@example.org>"}, "", "", "", "Old Name", true},
		"e-mail too long":        {map[string]any{"email": long + "@example.org"}, "", "", "", "Old Name", true},
		"e-mail with a NUL":      {map[string]any{"email": "a\x00@example.org"}, "", "", "", "Old Name", true},
		"e-mail that is a list":  {map[string]any{"email": []any{"a@example.org"}}, "", "", "", "Old Name", true},
		"e-mail that is false":   {map[string]any{"email": false}, "", "", "", "Old Name", true},
		"long given name":        {map[string]any{"given_name": long}, "", long[:200], long[:200], "Old Name", true},
		"long names together":    {map[string]any{"given_name": "J", "usual_name": long}, "", "J " + long[:196], "J", "Old Name", true},
		"name that is a number":  {map[string]any{"given_name": 7, "usual_name": "Doe"}, "", "Doe", "", "Old Name", true},
		"name that is an object": {map[string]any{"given_name": map[string]any{"de": "J"}}, "", "", "", "Old Name", true},
		"NUL in a name":          {map[string]any{"given_name": "J\x00o"}, "", "Jo", "Jo", "Jo", false},
		"only a NUL":             {map[string]any{"given_name": "\x00"}, "", "", "", "Old Name", false},
		"line breaks in a name":  {map[string]any{"given_name": "J\r\no"}, "", "J\r\no", "J\r\no", "J\r\no", false},
		"all of it": {
			map[string]any{"email": "@", "given_name": long, "usual_name": []any{}}, "", long[:200], long[:200], "Old Name", true,
		},
	}
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		for name, c := range odd {
			t.Run(name, func(t *testing.T) {
				warned := strings.Count(w.logs.String(), oddProfile)
				w.op.Misbehave(claims("new "+name, c.claims))
				w.redirects(w.browser().login("ada", ""), "/home")
				u := w.user("new " + name)
				require.Equal(t, []string{c.email, c.full, c.nick}, []string{plain(u.Email), plain(u.FullName), plain(u.ShortName)})

				old, err := st.CreateUser(t.Context(), store.User{
					Sub: ptr("old " + name), Email: ptr("old@example.org"), FullName: ptr("Old Name"), ShortName: ptr("Old"), IsActive: true,
				})
				require.NoError(t, err)
				w.op.Misbehave(claims(*old.Sub, c.claims))
				b := w.browser()
				w.redirects(b.login("ada", ""), "/home")
				require.True(t, b.signedIn())
				u = w.user(*old.Sub)
				require.Equal(t, []string{"old@example.org", c.kept}, []string{plain(u.Email), plain(u.FullName)})
				if c.warns {
					warned += 2
				}
				require.Equal(t, warned, strings.Count(w.logs.String(), oddProfile))
			})
		}
		require.NotContains(t, w.logs.String(), "nonsense", "what is personal is not logged")
	})
}

func TestProfile_that_is_cut_the_same_way_again_is_no_warning(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	for range 3 {
		w.op.Misbehave(claims("ada", map[string]any{"given_name": strings.Repeat("x", 101)}))
		w.redirects(w.browser().login("ada", ""), "/home")
	}
	require.Equal(t, 1, strings.Count(w.logs.String(), oddProfile))
	require.Equal(t, strings.Repeat("x", 100), *w.user("ada").FullName)
}

// Operators may have rules of their own, such as unique names.
func TestProfile_that_a_rule_of_the_database_refuses_keeps_nobody_out(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.EmailFallback = true })
		rule(t, st, `CREATE UNIQUE INDEX one_account_a_name ON meet_user (full_name)`)
		w.redirects(w.browser().login("ada", ""), "/home")
		w.redirects(w.browser().login("grace", ""), "/home")
		grace := w.user("grace")

		same := map[string]any{"given_name": "Ada", "usual_name": "Lane", "email": "new@example.org"}
		w.op.Misbehave(claims("grace", same))
		b := w.browser()
		w.redirects(b.login("grace", ""), "/home")
		require.Contains(t, b.get("/me/").body, grace.ID.String())
		after := w.user("grace")
		require.Equal(t, []*string{grace.Email, grace.FullName, grace.ShortName}, []*string{after.Email, after.FullName, after.ShortName})

		w.op.Misbehave(claims("stranger", same))
		w.redirects(w.browser().login("alan", ""), "/home")
		require.Nil(t, w.user("stranger").Email)

		// An account without a subject gets one, whatever happens to the rest.
		early, err := st.CreateUser(t.Context(), store.User{Email: ptr("early@example.org"), IsActive: true})
		require.NoError(t, err)
		w.op.Misbehave(claims("early", map[string]any{"given_name": "Ada", "usual_name": "Lane", "email": "early@example.org"}))
		w.redirects(w.browser().login("alan", ""), "/home")
		require.Equal(t, early.ID, w.user("early").ID)
		require.Nil(t, w.user("early").FullName)
		require.Equal(t, 3, strings.Count(w.logs.String(), oddProfile))
	})
}

// rule changes the database, as an operator might.
func rule(t *testing.T, st *store.Store, statement string) {
	t.Helper()
	require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			_, err := tx.Pgx().Exec(t.Context(), statement)
			return err
		}
		_, err := tx.SQL().ExecContext(t.Context(), statement)
		return err
	}))
}

func plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

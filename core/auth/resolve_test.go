package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

// claims makes userinfo carry exactly these, in addition to sub.
func claims(sub string, more map[string]any) oidcdev.Faults {
	return oidcdev.Faults{
		IDToken: func(c map[string]any) { c["sub"] = sub },
		UserInfo: func(c map[string]any) {
			clear(c)
			c["sub"] = sub
			for k, v := range more {
				c[k] = v
			}
		},
	}
}

// ascii returns every character allowed in a subject by OpenID Connect Core 2.
func ascii() string {
	var b strings.Builder
	for c := byte(1); c <= 0x7f; c++ {
		b.WriteByte(c)
	}
	return b.String()
}

func TestResolve_new_accounts(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		long := strings.Repeat("é", 150)
		for name, c := range map[string]struct {
			sub               string
			claims            map[string]any
			email, full, nick *string
		}{
			"no e-mail":           {"u1", map[string]any{}, nil, nil, nil},
			"both names":          {"u2", map[string]any{"given_name": "John", "usual_name": "Doe"}, nil, ptr("John Doe"), ptr("John")},
			"given name":          {"u3", map[string]any{"given_name": "John"}, nil, ptr("John"), ptr("John")},
			"usual name":          {"u4", map[string]any{"usual_name": "Doe"}, nil, ptr("Doe"), nil},
			"empty names":         {"u5", map[string]any{"given_name": "", "usual_name": nil, "email": ""}, nil, nil, nil},
			"values of no text":   {"u6", map[string]any{"given_name": 7, "email": []any{"a@example.org"}}, nil, nil, nil},
			"case is kept":        {"u7", map[string]any{"email": "John.DOE@Example.org"}, ptr("John.DOE@Example.org"), nil, nil},
			"long names are cut":  {"u8", map[string]any{"given_name": long, "usual_name": "x"}, nil, ptr(long[:200]), ptr(long[:200])},
			"signs of a sub":      {"Ünï_8.@+-٣", map[string]any{}, nil, nil, nil},
			"look-alike domain":   {"u9", map[string]any{"email": "john.doe@exаmple.org"}, ptr("john.doe@exаmple.org"), nil, nil},
			"NUL in a name":       {"u10", map[string]any{"given_name": "Jo\x00hn"}, nil, ptr("John"), ptr("John")},
			"longest sub of text": {strings.Repeat("s", 255), map[string]any{}, nil, nil, nil},
			"sub of Auth0":        {"auth0|5f7c8ec7c33c6c004bbafe82", map[string]any{}, nil, nil, nil},
			"sub of Keycloak":     {"f:0b6e7b1c-9d7f-4f0e-8a57-2f4f1b0f4c11:ada lane", map[string]any{}, nil, nil, nil},
			"sub of base64":       {"q80+/7w==", map[string]any{}, nil, nil, nil},
			"sub of a URL":        {"https://id.example.org/users/ada?x=1#me", map[string]any{}, nil, nil, nil},
			"sub of a directory":  {`CN=Lane\, Ada;OU="Staff"`, map[string]any{}, nil, nil, nil},
			"sub of all ASCII":    {ascii(), map[string]any{}, nil, nil, nil},
		} {
			t.Run(name, func(t *testing.T) {
				w.op.Misbehave(claims(c.sub, c.claims))
				w.redirects(w.browser().login("ada", ""), "/home")
				u := w.user(c.sub)
				require.Equal(t, c.email, u.Email)
				require.Equal(t, c.full, u.FullName)
				require.Equal(t, c.nick, u.ShortName)
			})
		}
	})
}

func TestResolve_updates_what_differs_and_erases_nothing(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		w.redirects(w.browser().login("ada", ""), "/home")
		before := w.user("ada")
		w.op.Misbehave(claims("ada", map[string]any{"email": "", "given_name": nil}))
		w.redirects(w.browser().login("ada", ""), "/home")
		u := w.user("ada")
		require.Equal(t, before.Email, u.Email)
		require.Equal(t, before.FullName, u.FullName)
		require.Equal(t, before.ShortName, u.ShortName)

		w.op.Misbehave(claims("ada", map[string]any{"email": "ada@example.net", "given_name": "Augusta"}))
		w.redirects(w.browser().login("ada", ""), "/home")
		u = w.user("ada")
		require.Equal(t, "ada@example.net", *u.Email)
		require.Equal(t, "Augusta", *u.FullName)
		require.Equal(t, "Augusta", *u.ShortName)
		require.Equal(t, before.UpdatedAt, u.UpdatedAt)
	})
}

func TestResolve_by_email(t *testing.T) {
	ctx := context.Background()
	type c struct {
		fallback, immutable bool
		stored              []store.User
		email               string
		want                string // /home or /failed
		index               int    // of the account found, -1 for a new one
		sub                 string // of that account afterwards
	}
	user := func(sub *string, email string) store.User {
		return store.User{Sub: sub, Email: &email, Language: "en-us", Timezone: "UTC", IsActive: true}
	}
	for name, c := range map[string]c{
		"off":                      {false, true, []store.User{user(ptr("old"), "j@example.org")}, "j@example.org", "/home", -1, "new"},
		"on, ignoring case":        {true, true, []store.User{user(ptr("old"), "J@Example.org")}, "j@eXample.org", "/home", 0, "old"},
		"fills an empty sub":       {true, true, []store.User{user(nil, "j@example.org")}, "j@example.org", "/home", 0, "new"},
		"keeps a stored sub":       {true, true, []store.User{user(ptr("old"), "j@example.org")}, "j@example.org", "/home", 0, "old"},
		"replaces a stored sub":    {true, false, []store.User{user(ptr("old"), "j@example.org")}, "j@example.org", "/home", 0, "new"},
		"two accounts":             {true, true, []store.User{user(ptr("a"), "j@example.org"), user(ptr("b"), "J@example.org")}, "j@example.org", "/failed", -1, ""},
		"spaces do not match":      {true, true, []store.User{user(ptr("old"), "j@example.org")}, " j@example.org ", "/home", -1, "new"},
		"nor a NUL inside":         {true, true, []store.User{user(ptr("old"), "j@example.org")}, "j\x00@example.org", "/home", -1, "new"},
		"look-alike does not":      {true, true, []store.User{user(ptr("old"), "j@example.org")}, "j@exаmple.org", "/home", -1, "new"},
		"no address, no match":     {true, true, []store.User{user(ptr("old"), "")}, "", "/home", -1, "new"},
		"sub wins over the e-mail": {true, true, []store.User{user(ptr("new"), "k@example.org"), user(ptr("b"), "j@example.org")}, "j@example.org", "/home", 0, "new"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, st *store.Store) {
				w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) {
					o.OIDC.EmailFallback, o.OIDC.SubImmutable = c.fallback, c.immutable
				})
				var stored []store.User
				for _, u := range c.stored {
					u, err := st.CreateUser(ctx, u)
					require.NoError(t, err)
					stored = append(stored, u)
				}
				w.op.Misbehave(claims("new", map[string]any{"email": c.email}))
				b := w.browser()
				w.redirects(b.login("ada", ""), c.want)
				if c.want == "/failed" {
					w.noUser("new")
					return
				}
				u := w.user(c.sub)
				if c.index >= 0 {
					require.Equal(t, stored[c.index].ID, u.ID)
				} else {
					for _, s := range stored {
						require.NotEqual(t, s.ID, u.ID)
					}
				}
				require.Contains(t, b.get("/me/").body, u.ID.String())
			})
		})
	}
}

func TestResolve_refuses_by_rule(t *testing.T) {
	ctx := context.Background()
	t.Run("inactive", func(t *testing.T) {
		onBoth(t, func(t *testing.T, st *store.Store) {
			w := newWorld(t, st, nil)
			_, err := st.CreateUser(ctx, store.User{Sub: ptr("ada"), Language: "en-us", Timezone: "UTC", IsActive: false})
			require.NoError(t, err)
			b := w.browser()
			w.redirects(b.login("ada", ""), "/failed")
			require.False(t, b.signedIn())
			require.Nil(t, w.user("ada").Email, "nothing is written")
		})
	})
	t.Run("creating is off", func(t *testing.T) {
		w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.CreateUser = false })
		w.redirects(w.browser().login("ada", ""), "/failed")
		w.noUser("ada")
	})
	t.Run("essential claims", func(t *testing.T) {
		w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
			o.OIDC.Essential = []string{"email", "siret"}
		})
		w.redirects(w.browser().login("ada", ""), "/failed")
		w.noUser("ada")
		w.op.Misbehave(oidcdev.Faults{UserInfo: func(c map[string]any) { c["siret"] = nil }})
		w.redirects(w.browser().login("ada", ""), "/home")
	})
}

package users_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
)

const (
	noUser = `{"detail":"No User matches the given query."}`
)

// newUsers stores accounts, oldest first, named after the local part of their address.
func newUsers(h *coretest.House, emails ...string) {
	h.Helper()
	for _, email := range emails {
		_, err := h.Store.CreateUser(h.Context(), store.User{Sub: &email, Email: &email, IsActive: true})
		require.NoError(h, err)
	}
}

// emails returns the addresses on a page.
func emails(a coretest.Answer) []string {
	a.House.Helper()
	require.Equal(a.House, http.StatusOK, a.Status, a.Body)
	list := []string{}
	for _, u := range a.JSON()["results"].([]any) {
		require.Equal(a.House, coretest.UserKeys, coretest.Keys(u.(coretest.Object)))
		list = append(list, u.(coretest.Object)["email"].(string))
	}
	return list
}

func TestUsers_are_listed_only_where_the_operator_chose_to(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		for _, path := range []string{coretest.UsersPath, coretest.UsersPath + "?q=ada", coretest.UsersPath + "?page=last", coretest.UsersPath + "?q=%00"} {
			h.Anonymous().Get(path).Is(http.StatusUnauthorized, coretest.NoCredentials)
			ada.Get(path).Is(http.StatusOK, coretest.EmptyPage)
		}
		ada.Get(coretest.UsersPath+"?page=2").Is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			h.Anonymous().Send(method, coretest.UsersPath, nil).Is(http.StatusUnauthorized, coretest.NoCredentials)
			ada.Send(method, coretest.UsersPath, nil).Is(http.StatusMethodNotAllowed, `{"detail":"Method \"`+method+`\" not allowed."}`)
		}
	})
}

func TestUsers_are_searched_by_similar_addresses(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, func(_ *testing.T, c *config.Config) { c.Users.AllowUnsecureListing = true })
		ada := h.SignIn("ada")
		newUsers(h, "david.bowman@work.com", "nicole_foole@work.com", "frank_poole@work.com", "heywood_floyd@work.com")
		for search, want := range map[string][]string{
			"":                          {"heywood_floyd@work.com", "frank_poole@work.com", "nicole_foole@work.com", "david.bowman@work.com", "ada@example.org"},
			"oole":                      {"frank_poole@work.com", "nicole_foole@work.com"},
			"david.bowman@work.com":     {"david.bowman@work.com"},
			"nobody":                    {},
			"@":                         {},
			"a\x00b":                    {},
			"\xff":                      {},
			strings.Repeat("ada ", 300): {},
		} {
			require.Equal(t, want, emails(ada.Get(coretest.UsersPath+"?q="+url.QueryEscape(search))), search)
		}
		newUsers(h, "a@x.org")
		require.Equal(t, []string{"a@x.org"}, emails(ada.Get(coretest.UsersPath+"?q=b@x.org")), "near matches count")
		h.Anonymous().Get(coretest.UsersPath).Is(http.StatusUnauthorized, coretest.NoCredentials)
	})
}

func TestUsers_come_in_pages_of_twenty(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, func(_ *testing.T, c *config.Config) { c.Users.AllowUnsecureListing = true })
		ada := h.SignIn("ada")
		all := []string{}
		for i := range 45 {
			email := "user-" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "@corp.test"
			newUsers(h, email)
			all = append([]string{email}, all...)
		}
		link := func(query string) string { return h.URL + coretest.UsersPath + "?" + query }
		first := ada.Get(coretest.UsersPath + "?q=corp.test&page_size=3")
		require.Equal(t, all[:20], emails(first))
		require.EqualValues(t, 45, first.JSON()["count"])
		require.Equal(t, link("page=2&page_size=3&q=corp.test"), first.JSON()["next"])
		require.Equal(t, all[20:40], emails(ada.Get(coretest.UsersPath+"?q=corp.test&page=2")))
		last := ada.Get(coretest.UsersPath + "?q=corp.test&page=last")
		require.Equal(t, all[40:], emails(last))
		require.Equal(t, link("page=2&q=corp.test"), last.JSON()["previous"])
		require.Len(t, emails(ada.Get(coretest.UsersPath+"?page=3")), 6)
		for _, query := range []string{"page=4", "q=corp.test&page=4", "q=nobody&page=2", "page=0"} {
			ada.Get(coretest.UsersPath+"?"+query).Is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		}
	})
}

func TestAccount_is_changed_by_its_user_only(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada, grace := h.SignIn("ada"), h.SignIn("grace")
		before := ada.Get(coretest.UsersPath + "me/").JSON()
		own := coretest.UsersPath + before["id"].(string) + "/"
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			h.Anonymous().Send(method, own, "not JSON").Is(http.StatusUnauthorized, coretest.NoCredentials)
			grace.Send(method, own, "not JSON").Is(http.StatusForbidden, coretest.Forbidden)
			grace.Send(method, coretest.UsersPath+uuid.NewString()+"/", "not JSON").Is(http.StatusNotFound, noUser)
			grace.Send(method, coretest.UsersPath+"not-an-id/", "not JSON").Is(http.StatusNotFound, coretest.NotFound)
			a := ada.Send(method, own, "not JSON")
			require.Equal(t, http.StatusBadRequest, a.Status)
			require.Contains(t, a.Body, "JSON parse error")
			ada.Send(method, own, coretest.Object{}, "X-CSRFToken", "").Is(http.StatusForbidden, `{"detail":"CSRF Failed: CSRF token missing."}`)
		}
		require.Equal(t, before, ada.Get(coretest.UsersPath+"me/").JSON())
		for _, x := range []struct{ method, path string }{
			{http.MethodGet, own}, {http.MethodDelete, own}, {http.MethodPost, coretest.UsersPath + "me/"}, {http.MethodPatch, coretest.UsersPath + "me/"},
		} {
			for _, b := range []*coretest.Browser{ada, grace} {
				b.Send(x.method, x.path, nil).Is(http.StatusMethodNotAllowed, `{"detail":"Method \"`+x.method+`\" not allowed."}`)
			}
			h.Anonymous().Send(x.method, x.path, nil).Is(http.StatusUnauthorized, coretest.NoCredentials)
		}

		other := grace.Get(coretest.UsersPath + "me/").JSON()
		other["timezone"], other["language"] = "Asia/Calcutta", "nl-nl"
		a := ada.Send(http.MethodPut, own, other)
		require.Equal(t, http.StatusOK, a.Status, a.Body)
		want := coretest.Object{}
		for k, v := range before {
			want[k] = v
		}
		want["timezone"], want["language"] = "Asia/Calcutta", "nl-nl"
		require.Equal(t, want, a.JSON(), "only time zone and language are one's own to change")
		require.Equal(t, want, ada.Get(coretest.UsersPath+"me/").JSON())
		spelled := coretest.UsersPath + "%7B" + strings.ToUpper(before["id"].(string)) + "%7D"
		require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, spelled, coretest.Object{"timezone": "UTC"}).Status)
		u, err := h.Store.UserBySub(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, "UTC", u.Timezone)
		require.True(t, u.UpdatedAt.After(u.CreatedAt))
	})
}

func TestAccount_fields_follow_their_rules(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		own := coretest.UsersPath + ada.Get(coretest.UsersPath + "me/").JSON()["id"].(string) + "/"
		ada.Send(http.MethodPut, own, coretest.Object{}).Is(http.StatusBadRequest, `{"timezone":["This field is required."]}`)
		for name, values := range map[string]map[string]string{
			"timezone": {
				`"Mars/Base"`: "A valid timezone is required.", `"europe/paris"`: "A valid timezone is required.",
				`""`: "A valid timezone is required.", `5`: "A valid timezone is required.", `["UTC"]`: "A valid timezone is required.",
				`null`: "This field may not be null.",
			},
			"language": {
				`"es-es"`: `\"es-es\" is not a valid choice.`, `""`: `\"\" is not a valid choice.`, `"fr"`: `\"fr\" is not a valid choice.`,
				`null`: "This field may not be null.", `true`: `\"True\" is not a valid choice.`,
			},
			"default_room_access_level":  {`"open"`: `\"open\" is not a valid choice.`, `1`: `\"1\" is not a valid choice.`},
			"default_room_configuration": {`null`: "This field may not be null."},
		} {
			for value, message := range values {
				a := ada.Send(http.MethodPatch, own, `{"`+name+`":`+value+`}`)
				a.Is(http.StatusBadRequest, `{"`+name+`":["`+message+`"]}`)
			}
		}
		a := ada.Send(http.MethodPatch, own, `{"timezone":"Europe/Paris","default_room_configuration":{"x":true}}`)
		a.Is(http.StatusBadRequest, `{"default_room_configuration":[{"type":"extra_forbidden","loc":["x"],`+
			`"msg":"Extra inputs are not permitted","input":"True","url":"https://errors.pydantic.dev/2.13/v/extra_forbidden"}]}`)
		me := ada.Get(coretest.UsersPath + "me/").JSON()
		require.Equal(t, []any{"UTC", "en-us", nil, coretest.Object{}},
			[]any{me["timezone"], me["language"], me["default_room_access_level"], me["default_room_configuration"]}, "nothing was stored")

		for _, x := range []struct {
			body  string
			level any
		}{
			{`{"default_room_access_level":"restricted"}`, "restricted"},
			{`{"language":"de-de"}`, "restricted"}, {`{"default_room_access_level":""}`, ""},
			{`{}`, ""}, {`{"default_room_access_level":null}`, nil}, {`{"default_room_access_level":"trusted"}`, "trusted"},
		} {
			a := ada.Send(http.MethodPatch, own, x.body)
			require.Equal(t, http.StatusOK, a.Status, a.Body)
			require.Equal(t, x.level, a.JSON()["default_room_access_level"], x.body)
		}
		a = ada.Send(http.MethodPut, own, `{"timezone":"UTC","default_room_configuration":{"everyone_can_mute":"no"}}`)
		require.Equal(t, coretest.Object{"everyone_can_mute": "no"}, a.JSON()["default_room_configuration"])
		require.Equal(t, []any{"de-de", "trusted"}, []any{a.JSON()["language"], a.JSON()["default_room_access_level"]}, "kept on PUT")
		room := ada.Create(coretest.Object{"name": "Inherits"})
		require.Equal(t, []any{"trusted", coretest.Object{"everyone_can_mute": "no"}}, []any{room["access_level"], room["configuration"]})
		a = ada.Send(http.MethodPatch, own, `{"default_room_configuration":{}}`)
		require.Equal(t, coretest.Object{}, a.JSON()["default_room_configuration"])
	})
}

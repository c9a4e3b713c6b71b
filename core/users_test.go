package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

const (
	usersPath = "/api/v1.0/users/"
	emptyPage = `{"count":0,"next":null,"previous":null,"results":[]}`
	noUser    = `{"detail":"No User matches the given query."}`
	notFound  = `{"detail":"Not found."}`
)

// newUsers stores accounts, oldest first, named after the local part of their address.
func (h *house) newUsers(emails ...string) {
	h.Helper()
	for _, email := range emails {
		_, err := h.st.CreateUser(h.Context(), store.User{Sub: &email, Email: &email, IsActive: true})
		require.NoError(h, err)
	}
}

// emails returns the addresses on a page.
func emails(a answer) []string {
	a.h.Helper()
	require.Equal(a.h, http.StatusOK, a.status, a.body)
	list := []string{}
	for _, u := range a.json()["results"].([]any) {
		require.Equal(a.h, userKeys, keys(u.(object)))
		list = append(list, u.(object)["email"].(string))
	}
	return list
}

func TestUsers_are_listed_only_where_the_operator_chose_to(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada := h.signIn("ada")
		for _, path := range []string{usersPath, usersPath + "?q=ada", usersPath + "?page=last", usersPath + "?q=%00"} {
			h.anonymous().get(path).is(http.StatusUnauthorized, noCredentials)
			ada.get(path).is(http.StatusOK, emptyPage)
		}
		ada.get(usersPath+"?page=2").is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			h.anonymous().send(method, usersPath, nil).is(http.StatusUnauthorized, noCredentials)
			ada.send(method, usersPath, nil).is(http.StatusMethodNotAllowed, `{"detail":"Method \"`+method+`\" not allowed."}`)
		}
	})
}

func TestUsers_are_searched_by_similar_addresses(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine, func(_ *testing.T, c *config.Config) { c.Users.AllowUnsecureListing = true })
		ada := h.signIn("ada")
		h.newUsers("david.bowman@work.com", "nicole_foole@work.com", "frank_poole@work.com", "heywood_floyd@work.com")
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
			require.Equal(t, want, emails(ada.get(usersPath+"?q="+url.QueryEscape(search))), search)
		}
		h.newUsers("a@x.org")
		require.Equal(t, []string{"a@x.org"}, emails(ada.get(usersPath+"?q=b@x.org")), "near matches count")
		h.anonymous().get(usersPath).is(http.StatusUnauthorized, noCredentials)
	})
}

func TestUsers_come_in_pages_of_twenty(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine, func(_ *testing.T, c *config.Config) { c.Users.AllowUnsecureListing = true })
		ada := h.signIn("ada")
		all := []string{}
		for i := range 45 {
			email := "user-" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "@corp.test"
			h.newUsers(email)
			all = append([]string{email}, all...)
		}
		link := func(query string) string { return h.url + usersPath + "?" + query }
		first := ada.get(usersPath + "?q=corp.test&page_size=3")
		require.Equal(t, all[:20], emails(first))
		require.EqualValues(t, 45, first.json()["count"])
		require.Equal(t, link("page=2&page_size=3&q=corp.test"), first.json()["next"])
		require.Equal(t, all[20:40], emails(ada.get(usersPath+"?q=corp.test&page=2")))
		last := ada.get(usersPath + "?q=corp.test&page=last")
		require.Equal(t, all[40:], emails(last))
		require.Equal(t, link("page=2&q=corp.test"), last.json()["previous"])
		require.Len(t, emails(ada.get(usersPath+"?page=3")), 6)
		for _, query := range []string{"page=4", "q=corp.test&page=4", "q=nobody&page=2", "page=0"} {
			ada.get(usersPath+"?"+query).is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		}
	})
}

func TestAccount_is_changed_by_its_user_only(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada, grace := h.signIn("ada"), h.signIn("grace")
		before := ada.get(usersPath + "me/").json()
		own := usersPath + before["id"].(string) + "/"
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			h.anonymous().send(method, own, "not JSON").is(http.StatusUnauthorized, noCredentials)
			grace.send(method, own, "not JSON").is(http.StatusForbidden, forbidden)
			grace.send(method, usersPath+uuid.NewString()+"/", "not JSON").is(http.StatusNotFound, noUser)
			grace.send(method, usersPath+"not-an-id/", "not JSON").is(http.StatusNotFound, notFound)
			a := ada.send(method, own, "not JSON")
			require.Equal(t, http.StatusBadRequest, a.status)
			require.Contains(t, a.body, "JSON parse error")
			ada.send(method, own, object{}, "X-CSRFToken", "").is(http.StatusForbidden, `{"detail":"CSRF Failed: CSRF token missing."}`)
		}
		require.Equal(t, before, ada.get(usersPath+"me/").json())
		for _, x := range []struct{ method, path string }{
			{http.MethodGet, own}, {http.MethodDelete, own}, {http.MethodPost, usersPath + "me/"}, {http.MethodPatch, usersPath + "me/"},
		} {
			for _, b := range []*browser{ada, grace} {
				b.send(x.method, x.path, nil).is(http.StatusMethodNotAllowed, `{"detail":"Method \"`+x.method+`\" not allowed."}`)
			}
			h.anonymous().send(x.method, x.path, nil).is(http.StatusUnauthorized, noCredentials)
		}

		other := grace.get(usersPath + "me/").json()
		other["timezone"], other["language"] = "Asia/Calcutta", "nl-nl"
		a := ada.send(http.MethodPut, own, other)
		require.Equal(t, http.StatusOK, a.status, a.body)
		want := object{}
		for k, v := range before {
			want[k] = v
		}
		want["timezone"], want["language"] = "Asia/Calcutta", "nl-nl"
		require.Equal(t, want, a.json(), "only time zone and language are one's own to change")
		require.Equal(t, want, ada.get(usersPath+"me/").json())
		spelled := usersPath + "%7B" + strings.ToUpper(before["id"].(string)) + "%7D"
		require.Equal(t, http.StatusOK, ada.send(http.MethodPatch, spelled, object{"timezone": "UTC"}).status)
		u, err := h.st.UserBySub(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, "UTC", u.Timezone)
		require.True(t, u.UpdatedAt.After(u.CreatedAt))
	})
}

func TestAccount_fields_follow_their_rules(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada := h.signIn("ada")
		own := usersPath + ada.get(usersPath + "me/").json()["id"].(string) + "/"
		ada.send(http.MethodPut, own, object{}).is(http.StatusBadRequest, `{"timezone":["This field is required."]}`)
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
				a := ada.send(http.MethodPatch, own, `{"`+name+`":`+value+`}`)
				a.is(http.StatusBadRequest, `{"`+name+`":["`+message+`"]}`)
			}
		}
		a := ada.send(http.MethodPatch, own, `{"timezone":"Europe/Paris","default_room_configuration":{"x":true}}`)
		a.is(http.StatusBadRequest, `{"default_room_configuration":[{"type":"extra_forbidden","loc":["x"],`+
			`"msg":"Extra inputs are not permitted","input":"True","url":"https://errors.pydantic.dev/2.13/v/extra_forbidden"}]}`)
		me := ada.get(usersPath + "me/").json()
		require.Equal(t, []any{"UTC", "en-us", nil, object{}},
			[]any{me["timezone"], me["language"], me["default_room_access_level"], me["default_room_configuration"]}, "nothing was stored")

		for _, x := range []struct {
			body  string
			level any
		}{
			{`{"default_room_access_level":"restricted"}`, "restricted"},
			{`{"language":"de-de"}`, "restricted"}, {`{"default_room_access_level":""}`, ""},
			{`{}`, ""}, {`{"default_room_access_level":null}`, nil}, {`{"default_room_access_level":"trusted"}`, "trusted"},
		} {
			a := ada.send(http.MethodPatch, own, x.body)
			require.Equal(t, http.StatusOK, a.status, a.body)
			require.Equal(t, x.level, a.json()["default_room_access_level"], x.body)
		}
		a = ada.send(http.MethodPut, own, `{"timezone":"UTC","default_room_configuration":{"everyone_can_mute":"no"}}`)
		require.Equal(t, object{"everyone_can_mute": "no"}, a.json()["default_room_configuration"])
		require.Equal(t, []any{"de-de", "trusted"}, []any{a.json()["language"], a.json()["default_room_access_level"]}, "kept on PUT")
		room := ada.create(object{"name": "Inherits"})
		require.Equal(t, []any{"trusted", object{"everyone_can_mute": "no"}}, []any{room["access_level"], room["configuration"]})
		a = ada.send(http.MethodPatch, own, `{"default_room_configuration":{}}`)
		require.Equal(t, object{}, a.json()["default_room_configuration"])
	})
}

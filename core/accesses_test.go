package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

const (
	accessesPath = "/api/v1.0/resource-accesses/"
	noAccess     = `{"detail":"No ResourceAccess matches the given query."}`
	notRuled     = `{"detail":"You must be administrator or owner of a room to add accesses to it."}`
	notOwner     = `{"detail":"Only owners of a room can assign other users as owners."}`
	lastOwner    = `{"detail":"A resource should keep at least one owner."}`
	duplicate    = `{"non_field_errors":["Resource access with this User and Resource already exists."]}`
)

// staff is a room with an owner (ada), an administrator (grace), a member (alan)
// and a stranger (mary), and the accesses to it by account.
type staff struct {
	*house
	room    object
	who     map[string]*browser // "" = anonymous
	ids     map[string]string   // of accounts
	strange object              // a room that mary owns
}

func newStaff(h *house) *staff {
	h.Helper()
	s := &staff{house: h, who: map[string]*browser{"": h.anonymous()}, ids: map[string]string{}}
	for _, name := range []string{"ada", "grace", "alan", "mary"} {
		s.who[name] = h.signIn(name)
		s.ids[name] = s.who[name].get("/api/v1.0/users/me/").json()["id"].(string)
	}
	s.room = s.who["ada"].create(object{"name": "Staffed", "access_level": "restricted"})
	s.strange = s.who["mary"].create(object{"name": "Mary's"})
	h.grant(s.room, "grace", store.Administrator)
	h.grant(s.room, "alan", store.Member)
	return s
}

// access returns an account's access to the room, nil if it has none.
func (s *staff) access(name string) *store.Access {
	s.Helper()
	list, err := s.st.Accesses(s.Context(), uuid.MustParse(s.room["id"].(string)))
	require.NoError(s, err)
	for _, a := range list {
		if a.UserID.String() == s.ids[name] {
			return &a.Access
		}
	}
	return nil
}

// path returns the path of an account's access.
func (s *staff) path(name string) string {
	s.Helper()
	return accessesPath + s.access(name).ID.String() + "/"
}

// shown returns the access object of an account with a role.
func (s *staff) shown(name, role string) string {
	s.Helper()
	return fmt.Sprintf(`{"id":"%s","user":"%s","resource":"%s","role":"%s"}`, s.access(name).ID, s.ids[name], s.room["id"], role)
}

func TestAccesses_are_shown_to_administrators_and_owners(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		s.who[""].get(accessesPath).is(401, noCredentials)
		s.who["alan"].get(accessesPath).is(200, emptyPage)
		s.who["alan"].get(accessesPath+"?page=2").is(404, `{"detail":"Invalid page."}`)
		for name, count := range map[string]int{"ada": 3, "grace": 3, "mary": 1} {
			require.Len(t, s.who[name].get(accessesPath + "?page_size=1").json()["results"], count, name)
		}
		for _, access := range []string{"ada", "grace", "alan"} {
			path := s.path(access)
			s.who[""].get(path).is(401, noCredentials)
			for _, name := range []string{"alan", "mary"} {
				s.who[name].get(path).is(403, forbidden)
			}
			for _, name := range []string{"ada", "grace"} {
				role := map[string]string{"ada": "owner", "grace": "administrator", "alan": "member"}[access]
				s.who[name].get(path).is(200, s.shown(access, role))
			}
		}
		for path, want := range map[string]string{accessesPath + uuid.NewString() + "/": noAccess, accessesPath + "not-an-id/": notFound} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				s.who[""].send(method, path, nil).is(401, noCredentials)
				s.who["ada"].send(method, path, nil).is(404, want)
			}
		}
	})
}

func TestAccesses_come_in_pages_of_twenty_newest_first(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		var newest string
		for i := range 20 {
			u, err := s.st.CreateUser(t.Context(), store.User{Sub: new(fmt.Sprint("user", i))})
			require.NoError(t, err)
			a := s.who["grace"].send(http.MethodPost, accessesPath, object{"user": u.ID, "resource": s.room["id"]})
			require.Equal(t, 201, a.status, a.body)
			require.Equal(t, "member", a.json()["role"])
			newest = a.json()["id"].(string)
		}
		first := s.who["ada"].get(accessesPath + "?page_size=5").json()
		require.EqualValues(t, 23, first["count"])
		require.Len(t, first["results"], 20)
		require.Equal(t, newest, first["results"].([]any)[0].(object)["id"])
		require.Equal(t, s.url+accessesPath+"?page=2&page_size=5", first["next"])
		require.Len(t, s.who["ada"].get(accessesPath + "?page=last").json()["results"], 3)
	})
}

func TestAccess_is_added_by_the_rules_in_their_order(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		unknown, room, mary := uuid.NewString(), s.room["id"], s.ids["mary"]
		s.who[""].send(http.MethodPost, accessesPath, "not JSON").is(401, noCredentials)
		for _, x := range []struct {
			who, body, want string
			status          int
		}{
			{"ada", `{}`, `{"resource":["This field is required."],"user":["This field is required."]}`, 400},
			{"ada", `{"user":null,"resource":null,"role":null}`, `{"resource":["This field may not be null."],"role":["This field may not be null."],"user":["This field may not be null."]}`, 400},
			{"ada", `{"user":"","resource":"x"}`, `{"resource":["“x” is not a valid UUID."],"user":["This field may not be null."]}`, 400},
			{"ada", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, unknown, unknown), fmt.Sprintf(`{"resource":["Invalid pk \"%s\" - object does not exist."],"user":["Invalid pk \"%s\" - object does not exist."]}`, unknown, unknown), 400},
			{"ada", fmt.Sprintf(`{"user":7,"resource":"%s","role":"boss"}`, room), `{"role":["\"boss\" is not a valid choice."],"user":["Invalid pk \"7\" - object does not exist."]}`, 400},
			{"ada", fmt.Sprintf(`{"user":true,"resource":"%s"}`, room), `{"user":["Incorrect type. Expected pk value, received bool."]}`, 400},
			// callers without rights in the room learn nothing else
			{"mary", fmt.Sprintf(`{"user":"x","resource":"%s","role":"boss"}`, room), notRuled, 403},
			{"alan", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, room), notRuled, 403},
			{"ada", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, s.strange["id"]), notRuled, 403},
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, mary, room), notOwner, 403},
			// the duplicate is checked before the owners' rule
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, s.ids["alan"], room), duplicate, 400},
		} {
			s.who[x.who].send(http.MethodPost, accessesPath, x.body).is(x.status, x.want)
		}
		require.Nil(t, s.access("mary"))
		for _, x := range []struct{ who, role string }{
			{"grace", "member"}, {"grace", "administrator"}, {"ada", "member"}, {"ada", "administrator"}, {"ada", "owner"},
		} {
			spelled := "{" + strings.ToUpper(mary) + "}"
			a := s.who[x.who].send(http.MethodPost, accessesPath, object{"user": spelled, "resource": room, "role": x.role, "id": unknown})
			a.is(201, s.shown("mary", x.role))
			require.Empty(t, a.header.Get("Location"))
			remover := s.who["ada"]
			if x.role == "owner" {
				remover = s.who["mary"]
			}
			gone := remover.send(http.MethodDelete, s.path("mary"), nil)
			gone.is(204, "")
			require.Empty(t, gone.header.Get("Content-Type"))
		}
	})
}

func TestAccess_is_changed_by_the_rules_in_their_order(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		room := s.room["id"].(string)
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			for _, access := range []string{"ada", "grace", "alan"} {
				s.who[""].send(method, s.path(access), "not JSON").is(401, noCredentials)
				for _, name := range []string{"alan", "mary"} {
					s.who[name].send(method, s.path(access), "not JSON").is(403, forbidden)
				}
			}
		}
		s.who["grace"].send(http.MethodPut, s.path("alan"), object{}).
			is(400, `{"resource":["This field is required."],"user":["This field is required."]}`)
		pair := func(user, room, more string) string {
			return fmt.Sprintf(`{"user":"%s","resource":"%s"%s}`, user, room, more)
		}
		for _, x := range []struct {
			who, method, access, body, want string
			status                          int
		}{
			{"grace", "PATCH", "alan", `{"role":"boss","user":"x"}`, `{"role":["\"boss\" is not a valid choice."],"user":["“x” is not a valid UUID."]}`, 400},
			{"grace", "PATCH", "alan", `{"role":"boss","resource":"` + s.strange["id"].(string) + `"}`, notRuled, 403},
			{"grace", "PUT", "ada", pair(s.ids["alan"], room, `,"role":"owner"`), duplicate, 400}, // checked before the owners' rule
			{"ada", "PATCH", "alan", `{"user":"` + s.ids["grace"] + `"}`, duplicate, 400},
			{"grace", "PATCH", "alan", `{"role":"owner"}`, notOwner, 403},
			{"grace", "PATCH", "grace", `{"role":"owner"}`, notOwner, 403},
			{"grace", "PATCH", "ada", `{}`, notOwner, 403},
			{"grace", "PATCH", "ada", `{"role":"member"}`, notOwner, 403}, // checked before the last owner's
			{"ada", "PATCH", "ada", `{"role":"administrator"}`, lastOwner, 403},
			{"ada", "PUT", "ada", pair(s.ids["ada"], room, `,"role":"member"`), lastOwner, 403},
		} {
			s.who[x.who].send(x.method, s.path(x.access), x.body).is(x.status, x.want)
		}
		require.Equal(t, []store.Role{store.Owner, store.Administrator, store.Member},
			[]store.Role{s.access("ada").Role, s.access("grace").Role, s.access("alan").Role})

		before := *s.access("alan")
		s.who["grace"].send(http.MethodPut, s.path("alan"), pair(s.ids["mary"], room, `,"id":"x"`)).is(200, s.shown("alan", "member"))
		s.who["grace"].send(http.MethodPatch, s.path("alan"), `{"role":"administrator"}`).is(200, s.shown("alan", "administrator"))
		s.who["ada"].send(http.MethodPut, s.path("alan"), pair(s.ids["alan"], room, "")).is(200, s.shown("alan", "administrator"))
		require.True(t, s.access("alan").UpdatedAt.After(before.UpdatedAt))
		s.who["ada"].send(http.MethodPatch, s.path("ada"), `{}`).is(200, s.shown("ada", "owner"))

		s.who["ada"].send(http.MethodPatch, s.path("grace"), `{"role":"owner"}`).is(200, s.shown("grace", "owner"))
		s.who["ada"].send(http.MethodPatch, s.path("grace"), `{}`).is(403, notOwner)
		s.who["ada"].send(http.MethodPatch, s.path("grace"), `{"role":"member"}`).is(403, notOwner)
		s.who["ada"].send(http.MethodPatch, s.path("ada"), `{"role":"member"}`).is(200, s.shown("ada", "member"))
		s.who["ada"].send(http.MethodPatch, s.path("ada"), `{"role":"owner"}`).is(403, forbidden)
		s.who["grace"].send(http.MethodPatch, s.path("grace"), `{"role":"member"}`).is(403, lastOwner)
	})
}

func TestAccess_is_removed_by_the_rules(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		for _, access := range []string{"ada", "grace", "alan"} {
			s.who[""].send(http.MethodDelete, s.path(access), nil).is(401, noCredentials)
			for _, name := range []string{"alan", "mary"} { // a member may not even leave
				s.who[name].send(http.MethodDelete, s.path(access), nil).is(403, forbidden)
			}
		}
		s.who["grace"].send(http.MethodDelete, s.path("ada"), nil).is(403, forbidden)
		s.who["ada"].send(http.MethodDelete, s.path("ada"), nil).is(403, lastOwner)
		s.who["ada"].send(http.MethodDelete, s.path("alan"), nil, "X-CSRFToken", "").is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		s.who["grace"].send(http.MethodDelete, s.path("alan"), nil).is(204, "")
		require.Nil(t, s.access("alan"))
		own := s.path("grace")
		s.who["grace"].send(http.MethodDelete, own, nil).is(204, "")
		s.who["ada"].send(http.MethodDelete, own, nil).is(404, noAccess)
		s.grant(s.room, "mary", store.Owner)
		s.who["ada"].send(http.MethodDelete, s.path("mary"), nil).is(403, forbidden)
		s.who["ada"].send(http.MethodDelete, s.path("ada"), nil).is(204, "")
		s.who["mary"].send(http.MethodDelete, s.path("mary"), nil).is(403, lastOwner)
	})
}

func TestAccess_keeps_one_owner_when_all_leave_at_once(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		people := []string{"ada", "grace", "alan", "mary"}
		for round := range 5 {
			s.room = s.who["ada"].create(object{"name": fmt.Sprint("round ", round)})
			paths := make([]string, len(people))
			for i, name := range people {
				if i > 0 {
					s.grant(s.room, name, store.Owner)
				}
				paths[i] = s.path(name)
			}
			answers := make([]answer, len(people))
			var all sync.WaitGroup
			for i, name := range people {
				all.Go(func() {
					if (i+round)%2 == 0 {
						answers[i] = s.who[name].send(http.MethodDelete, paths[i], nil)
					} else {
						answers[i] = s.who[name].send(http.MethodPatch, paths[i], `{"role":"member"}`)
					}
				})
			}
			all.Wait()
			refused, owners := 0, 0
			for i, name := range people {
				if answers[i].status == 403 {
					answers[i].is(403, lastOwner)
					refused++
				}
				if a := s.access(name); a != nil && a.Role == store.Owner {
					owners++
				}
			}
			require.Equal(t, []int{1, 1}, []int{refused, owners})
		}
	})
}

func TestAccess_is_added_once_by_those_who_ask_at_once(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine))
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = s.who["ada"].send(http.MethodPost, accessesPath, object{"user": s.ids["mary"], "resource": s.room["id"]})
			})
		}
		all.Wait()
		count := map[int]int{}
		for _, a := range answers {
			count[a.status]++
			if a.status != 201 {
				a.is(400, duplicate)
			}
		}
		require.Equal(t, map[int]int{201: 1, 400: 7}, count)
	})
}

package accesses_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/store"
)

const (
	accessesPath = "/api/v1.0/resource-accesses/"
	duplicate    = `{"non_field_errors":["Resource access with this User and Resource already exists."]}`
)

// accessOf returns an account's access to the room, nil if it has none.
func accessOf(s *coretest.Staff, name string) *store.Access {
	s.Helper()
	list, err := s.Store.Accesses(s.Context(), uuid.MustParse(s.Room["id"].(string)))
	require.NoError(s, err)
	for _, a := range list {
		if a.UserID.String() == s.IDs[name] {
			return &a.Access
		}
	}
	return nil
}

// pathOf returns the path of an account's access.
func pathOf(s *coretest.Staff, name string) string {
	s.Helper()
	return accessesPath + accessOf(s, name).ID.String() + "/"
}

// shownOf returns the access object of an account with a role.
func shownOf(s *coretest.Staff, name, role string) string {
	s.Helper()
	return fmt.Sprintf(`{"id":"%s","user":"%s","resource":"%s","role":"%s"}`, accessOf(s, name).ID, s.IDs[name], s.Room["id"], role)
}

func TestAccesses_are_shown_to_administrators_and_owners(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		s.Who[""].Get(accessesPath).Is(401, coretest.NoCredentials)
		s.Who["alan"].Get(accessesPath).Is(200, coretest.EmptyPage)
		s.Who["alan"].Get(accessesPath+"?page=2").Is(404, `{"detail":"Invalid page."}`)
		for name, count := range map[string]int{"ada": 3, "grace": 3, "mary": 1} {
			require.Len(t, s.Who[name].Get(accessesPath + "?page_size=1").JSON()["results"], count, name)
		}
		for _, access := range []string{"ada", "grace", "alan"} {
			path := pathOf(s, access)
			s.Who[""].Get(path).Is(401, coretest.NoCredentials)
			for _, name := range []string{"alan", "mary"} {
				s.Who[name].Get(path).Is(403, coretest.Forbidden)
			}
			for _, name := range []string{"ada", "grace"} {
				role := map[string]string{"ada": "owner", "grace": "administrator", "alan": "member"}[access]
				s.Who[name].Get(path).Is(200, shownOf(s, access, role))
			}
		}
		for path, want := range map[string]string{accessesPath + uuid.NewString() + "/": coretest.NoAccess, accessesPath + "not-an-id/": coretest.NotFound} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				s.Who[""].Send(method, path, nil).Is(401, coretest.NoCredentials)
				s.Who["ada"].Send(method, path, nil).Is(404, want)
			}
		}
	})
}

func TestAccesses_come_in_pages_of_twenty_newest_first(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		var newest string
		for i := range 20 {
			u, err := s.Store.CreateUser(t.Context(), store.User{Sub: new(fmt.Sprint("user", i))})
			require.NoError(t, err)
			a := s.Who["grace"].Send(http.MethodPost, accessesPath, coretest.Object{"user": u.ID, "resource": s.Room["id"]})
			require.Equal(t, 201, a.Status, a.Body)
			require.Equal(t, "member", a.JSON()["role"])
			newest = a.JSON()["id"].(string)
		}
		first := s.Who["ada"].Get(accessesPath + "?page_size=5").JSON()
		require.EqualValues(t, 23, first["count"])
		require.Len(t, first["results"], 20)
		require.Equal(t, newest, first["results"].([]any)[0].(coretest.Object)["id"])
		require.Equal(t, s.URL+accessesPath+"?page=2&page_size=5", first["next"])
		require.Len(t, s.Who["ada"].Get(accessesPath + "?page=last").JSON()["results"], 3)
	})
}

func TestAccess_is_added_by_the_rules_in_their_order(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		unknown, room, mary := uuid.NewString(), s.Room["id"], s.IDs["mary"]
		s.Who[""].Send(http.MethodPost, accessesPath, "not JSON").Is(401, coretest.NoCredentials)
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
			{"mary", fmt.Sprintf(`{"user":"x","resource":"%s","role":"boss"}`, room), coretest.NotRuled, 403},
			{"alan", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, room), coretest.NotRuled, 403},
			{"ada", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, s.Strange["id"]), coretest.NotRuled, 403},
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, mary, room), coretest.NotOwner, 403},
			// the duplicate is checked before the owners' rule
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, s.IDs["alan"], room), duplicate, 400},
		} {
			s.Who[x.who].Send(http.MethodPost, accessesPath, x.body).Is(x.status, x.want)
		}
		require.Nil(t, accessOf(s, "mary"))
		for _, x := range []struct{ who, role string }{
			{"grace", "member"}, {"grace", "administrator"}, {"ada", "member"}, {"ada", "administrator"}, {"ada", "owner"},
		} {
			spelled := "{" + strings.ToUpper(mary) + "}"
			a := s.Who[x.who].Send(http.MethodPost, accessesPath, coretest.Object{"user": spelled, "resource": room, "role": x.role, "id": unknown})
			a.Is(201, shownOf(s, "mary", x.role))
			require.Empty(t, a.Header.Get("Location"))
			remover := s.Who["ada"]
			if x.role == "owner" {
				remover = s.Who["mary"]
			}
			gone := remover.Send(http.MethodDelete, pathOf(s, "mary"), nil)
			gone.Is(204, "")
			require.Empty(t, gone.Header.Get("Content-Type"))
		}
	})
}

func TestAccess_is_changed_by_the_rules_in_their_order(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		room := s.Room["id"].(string)
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			for _, access := range []string{"ada", "grace", "alan"} {
				s.Who[""].Send(method, pathOf(s, access), "not JSON").Is(401, coretest.NoCredentials)
				for _, name := range []string{"alan", "mary"} {
					s.Who[name].Send(method, pathOf(s, access), "not JSON").Is(403, coretest.Forbidden)
				}
			}
		}
		s.Who["grace"].Send(http.MethodPut, pathOf(s, "alan"), coretest.Object{}).
			Is(400, `{"resource":["This field is required."],"user":["This field is required."]}`)
		pair := func(user, room, more string) string {
			return fmt.Sprintf(`{"user":"%s","resource":"%s"%s}`, user, room, more)
		}
		for _, x := range []struct {
			who, method, access, body, want string
			status                          int
		}{
			{"grace", "PATCH", "alan", `{"role":"boss","user":"x"}`, `{"role":["\"boss\" is not a valid choice."],"user":["“x” is not a valid UUID."]}`, 400},
			{"grace", "PATCH", "alan", `{"role":"boss","resource":"` + s.Strange["id"].(string) + `"}`, coretest.NotRuled, 403},
			{"grace", "PUT", "ada", pair(s.IDs["alan"], room, `,"role":"owner"`), duplicate, 400}, // checked before the owners' rule
			{"ada", "PATCH", "alan", `{"user":"` + s.IDs["grace"] + `"}`, duplicate, 400},
			{"grace", "PATCH", "alan", `{"role":"owner"}`, coretest.NotOwner, 403},
			{"grace", "PATCH", "grace", `{"role":"owner"}`, coretest.NotOwner, 403},
			{"grace", "PATCH", "ada", `{}`, coretest.NotOwner, 403},
			{"grace", "PATCH", "ada", `{"role":"member"}`, coretest.NotOwner, 403}, // checked before the last owner's
			{"ada", "PATCH", "ada", `{"role":"administrator"}`, coretest.LastOwner, 403},
			{"ada", "PUT", "ada", pair(s.IDs["ada"], room, `,"role":"member"`), coretest.LastOwner, 403},
		} {
			s.Who[x.who].Send(x.method, pathOf(s, x.access), x.body).Is(x.status, x.want)
		}
		require.Equal(t, []store.Role{store.Owner, store.Administrator, store.Member},
			[]store.Role{accessOf(s, "ada").Role, accessOf(s, "grace").Role, accessOf(s, "alan").Role})

		before := *accessOf(s, "alan")
		s.Who["grace"].Send(http.MethodPut, pathOf(s, "alan"), pair(s.IDs["mary"], room, `,"id":"x"`)).Is(200, shownOf(s, "alan", "member"))
		s.Who["grace"].Send(http.MethodPatch, pathOf(s, "alan"), `{"role":"administrator"}`).Is(200, shownOf(s, "alan", "administrator"))
		s.Who["ada"].Send(http.MethodPut, pathOf(s, "alan"), pair(s.IDs["alan"], room, "")).Is(200, shownOf(s, "alan", "administrator"))
		require.True(t, accessOf(s, "alan").UpdatedAt.After(before.UpdatedAt))
		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "ada"), `{}`).Is(200, shownOf(s, "ada", "owner"))

		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "grace"), `{"role":"owner"}`).Is(200, shownOf(s, "grace", "owner"))
		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "grace"), `{}`).Is(403, coretest.NotOwner)
		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "grace"), `{"role":"member"}`).Is(403, coretest.NotOwner)
		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "ada"), `{"role":"member"}`).Is(200, shownOf(s, "ada", "member"))
		s.Who["ada"].Send(http.MethodPatch, pathOf(s, "ada"), `{"role":"owner"}`).Is(403, coretest.Forbidden)
		s.Who["grace"].Send(http.MethodPatch, pathOf(s, "grace"), `{"role":"member"}`).Is(403, coretest.LastOwner)
	})
}

func TestAccess_is_removed_by_the_rules(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		for _, access := range []string{"ada", "grace", "alan"} {
			s.Who[""].Send(http.MethodDelete, pathOf(s, access), nil).Is(401, coretest.NoCredentials)
			for _, name := range []string{"alan", "mary"} { // a member may not even leave
				s.Who[name].Send(http.MethodDelete, pathOf(s, access), nil).Is(403, coretest.Forbidden)
			}
		}
		s.Who["grace"].Send(http.MethodDelete, pathOf(s, "ada"), nil).Is(403, coretest.Forbidden)
		s.Who["ada"].Send(http.MethodDelete, pathOf(s, "ada"), nil).Is(403, coretest.LastOwner)
		s.Who["ada"].Send(http.MethodDelete, pathOf(s, "alan"), nil, "X-CSRFToken", "").Is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		s.Who["grace"].Send(http.MethodDelete, pathOf(s, "alan"), nil).Is(204, "")
		require.Nil(t, accessOf(s, "alan"))
		own := pathOf(s, "grace")
		s.Who["grace"].Send(http.MethodDelete, own, nil).Is(204, "")
		s.Who["ada"].Send(http.MethodDelete, own, nil).Is(404, coretest.NoAccess)
		s.Grant(s.Room, "mary", store.Owner)
		s.Who["ada"].Send(http.MethodDelete, pathOf(s, "mary"), nil).Is(403, coretest.Forbidden)
		s.Who["ada"].Send(http.MethodDelete, pathOf(s, "ada"), nil).Is(204, "")
		s.Who["mary"].Send(http.MethodDelete, pathOf(s, "mary"), nil).Is(403, coretest.LastOwner)
	})
}

func TestAccess_keeps_one_owner_when_all_leave_at_once(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		people := []string{"ada", "grace", "alan", "mary"}
		for round := range 5 {
			s.Room = s.Who["ada"].Create(coretest.Object{"name": fmt.Sprint("round ", round)})
			paths := make([]string, len(people))
			for i, name := range people {
				if i > 0 {
					s.Grant(s.Room, name, store.Owner)
				}
				paths[i] = pathOf(s, name)
			}
			answers := make([]coretest.Answer, len(people))
			var all sync.WaitGroup
			for i, name := range people {
				all.Go(func() {
					if (i+round)%2 == 0 {
						answers[i] = s.Who[name].Send(http.MethodDelete, paths[i], nil)
					} else {
						answers[i] = s.Who[name].Send(http.MethodPatch, paths[i], `{"role":"member"}`)
					}
				})
			}
			all.Wait()
			refused, owners := 0, 0
			for i, name := range people {
				if answers[i].Status == 403 {
					answers[i].Is(403, coretest.LastOwner)
					refused++
				}
				if a := accessOf(s, name); a != nil && a.Role == store.Owner {
					owners++
				}
			}
			require.Equal(t, []int{1, 1}, []int{refused, owners})
		}
	})
}

func TestAccess_is_added_once_by_those_who_ask_at_once(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine))
		answers := make([]coretest.Answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = s.Who["ada"].Send(http.MethodPost, accessesPath, coretest.Object{"user": s.IDs["mary"], "resource": s.Room["id"]})
			})
		}
		all.Wait()
		count := map[int]int{}
		for _, a := range answers {
			count[a.Status]++
			if a.Status != 201 {
				a.Is(400, duplicate)
			}
		}
		require.Equal(t, map[int]int{201: 1, 400: 7}, count)
	})
}

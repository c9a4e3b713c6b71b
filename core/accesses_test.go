package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

const (
	accessesPath = "/api/v1.0/resource-accesses/"
	NoAccess     = `{"detail":"No ResourceAccess matches the given query."}`
	NotRuled     = `{"detail":"You must be administrator or owner of a room to add accesses to it."}`
	NotOwner     = `{"detail":"Only owners of a room can assign other users as owners."}`
	LastOwner    = `{"detail":"A resource should keep at least one owner."}`
	duplicate    = `{"non_field_errors":["Resource access with this User and Resource already exists."]}`
)

// Staff is a room with an owner (ada), an administrator (grace), a member (alan)
// and a stranger (mary), and the accesses to it by account.
type Staff struct {
	*House
	Room    Object
	Who     map[string]*Browser // "" = anonymous
	IDs     map[string]string   // of accounts
	Strange Object              // a room that mary owns
}

func NewStaff(h *House) *Staff {
	h.Helper()
	s := &Staff{House: h, Who: map[string]*Browser{"": h.Anonymous()}, IDs: map[string]string{}}
	for _, name := range []string{"ada", "grace", "alan", "mary"} {
		s.Who[name] = h.SignIn(name)
		s.IDs[name] = s.Who[name].Get("/api/v1.0/users/me/").JSON()["id"].(string)
	}
	s.Room = s.Who["ada"].Create(Object{"name": "Staffed", "access_level": "restricted"})
	s.Strange = s.Who["mary"].Create(Object{"name": "Mary's"})
	h.Grant(s.Room, "grace", store.Administrator)
	h.Grant(s.Room, "alan", store.Member)
	return s
}

// access returns an account's access to the room, nil if it has none.
func (s *Staff) access(name string) *store.Access {
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

// path returns the path of an account's access.
func (s *Staff) path(name string) string {
	s.Helper()
	return accessesPath + s.access(name).ID.String() + "/"
}

// shown returns the access object of an account with a role.
func (s *Staff) shown(name, role string) string {
	s.Helper()
	return fmt.Sprintf(`{"id":"%s","user":"%s","resource":"%s","role":"%s"}`, s.access(name).ID, s.IDs[name], s.Room["id"], role)
}

func TestAccesses_are_shown_to_administrators_and_owners(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		s.Who[""].Get(accessesPath).Is(401, NoCredentials)
		s.Who["alan"].Get(accessesPath).Is(200, EmptyPage)
		s.Who["alan"].Get(accessesPath+"?page=2").Is(404, `{"detail":"Invalid page."}`)
		for name, count := range map[string]int{"ada": 3, "grace": 3, "mary": 1} {
			require.Len(t, s.Who[name].Get(accessesPath + "?page_size=1").JSON()["results"], count, name)
		}
		for _, access := range []string{"ada", "grace", "alan"} {
			path := s.path(access)
			s.Who[""].Get(path).Is(401, NoCredentials)
			for _, name := range []string{"alan", "mary"} {
				s.Who[name].Get(path).Is(403, Forbidden)
			}
			for _, name := range []string{"ada", "grace"} {
				role := map[string]string{"ada": "owner", "grace": "administrator", "alan": "member"}[access]
				s.Who[name].Get(path).Is(200, s.shown(access, role))
			}
		}
		for path, want := range map[string]string{accessesPath + uuid.NewString() + "/": NoAccess, accessesPath + "not-an-id/": NotFound} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				s.Who[""].Send(method, path, nil).Is(401, NoCredentials)
				s.Who["ada"].Send(method, path, nil).Is(404, want)
			}
		}
	})
}

func TestAccesses_come_in_pages_of_twenty_newest_first(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		var newest string
		for i := range 20 {
			u, err := s.Store.CreateUser(t.Context(), store.User{Sub: new(fmt.Sprint("user", i))})
			require.NoError(t, err)
			a := s.Who["grace"].Send(http.MethodPost, accessesPath, Object{"user": u.ID, "resource": s.Room["id"]})
			require.Equal(t, 201, a.Status, a.Body)
			require.Equal(t, "member", a.JSON()["role"])
			newest = a.JSON()["id"].(string)
		}
		first := s.Who["ada"].Get(accessesPath + "?page_size=5").JSON()
		require.EqualValues(t, 23, first["count"])
		require.Len(t, first["results"], 20)
		require.Equal(t, newest, first["results"].([]any)[0].(Object)["id"])
		require.Equal(t, s.URL+accessesPath+"?page=2&page_size=5", first["next"])
		require.Len(t, s.Who["ada"].Get(accessesPath + "?page=last").JSON()["results"], 3)
	})
}

func TestAccess_is_added_by_the_rules_in_their_order(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		unknown, room, mary := uuid.NewString(), s.Room["id"], s.IDs["mary"]
		s.Who[""].Send(http.MethodPost, accessesPath, "not JSON").Is(401, NoCredentials)
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
			{"mary", fmt.Sprintf(`{"user":"x","resource":"%s","role":"boss"}`, room), NotRuled, 403},
			{"alan", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, room), NotRuled, 403},
			{"ada", fmt.Sprintf(`{"user":"%s","resource":"%s"}`, mary, s.Strange["id"]), NotRuled, 403},
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, mary, room), NotOwner, 403},
			// the duplicate is checked before the owners' rule
			{"grace", fmt.Sprintf(`{"user":"%s","resource":"%s","role":"owner"}`, s.IDs["alan"], room), duplicate, 400},
		} {
			s.Who[x.who].Send(http.MethodPost, accessesPath, x.body).Is(x.status, x.want)
		}
		require.Nil(t, s.access("mary"))
		for _, x := range []struct{ who, role string }{
			{"grace", "member"}, {"grace", "administrator"}, {"ada", "member"}, {"ada", "administrator"}, {"ada", "owner"},
		} {
			spelled := "{" + strings.ToUpper(mary) + "}"
			a := s.Who[x.who].Send(http.MethodPost, accessesPath, Object{"user": spelled, "resource": room, "role": x.role, "id": unknown})
			a.Is(201, s.shown("mary", x.role))
			require.Empty(t, a.Header.Get("Location"))
			remover := s.Who["ada"]
			if x.role == "owner" {
				remover = s.Who["mary"]
			}
			gone := remover.Send(http.MethodDelete, s.path("mary"), nil)
			gone.Is(204, "")
			require.Empty(t, gone.Header.Get("Content-Type"))
		}
	})
}

func TestAccess_is_changed_by_the_rules_in_their_order(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		room := s.Room["id"].(string)
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			for _, access := range []string{"ada", "grace", "alan"} {
				s.Who[""].Send(method, s.path(access), "not JSON").Is(401, NoCredentials)
				for _, name := range []string{"alan", "mary"} {
					s.Who[name].Send(method, s.path(access), "not JSON").Is(403, Forbidden)
				}
			}
		}
		s.Who["grace"].Send(http.MethodPut, s.path("alan"), Object{}).
			Is(400, `{"resource":["This field is required."],"user":["This field is required."]}`)
		pair := func(user, room, more string) string {
			return fmt.Sprintf(`{"user":"%s","resource":"%s"%s}`, user, room, more)
		}
		for _, x := range []struct {
			who, method, access, body, want string
			status                          int
		}{
			{"grace", "PATCH", "alan", `{"role":"boss","user":"x"}`, `{"role":["\"boss\" is not a valid choice."],"user":["“x” is not a valid UUID."]}`, 400},
			{"grace", "PATCH", "alan", `{"role":"boss","resource":"` + s.Strange["id"].(string) + `"}`, NotRuled, 403},
			{"grace", "PUT", "ada", pair(s.IDs["alan"], room, `,"role":"owner"`), duplicate, 400}, // checked before the owners' rule
			{"ada", "PATCH", "alan", `{"user":"` + s.IDs["grace"] + `"}`, duplicate, 400},
			{"grace", "PATCH", "alan", `{"role":"owner"}`, NotOwner, 403},
			{"grace", "PATCH", "grace", `{"role":"owner"}`, NotOwner, 403},
			{"grace", "PATCH", "ada", `{}`, NotOwner, 403},
			{"grace", "PATCH", "ada", `{"role":"member"}`, NotOwner, 403}, // checked before the last owner's
			{"ada", "PATCH", "ada", `{"role":"administrator"}`, LastOwner, 403},
			{"ada", "PUT", "ada", pair(s.IDs["ada"], room, `,"role":"member"`), LastOwner, 403},
		} {
			s.Who[x.who].Send(x.method, s.path(x.access), x.body).Is(x.status, x.want)
		}
		require.Equal(t, []store.Role{store.Owner, store.Administrator, store.Member},
			[]store.Role{s.access("ada").Role, s.access("grace").Role, s.access("alan").Role})

		before := *s.access("alan")
		s.Who["grace"].Send(http.MethodPut, s.path("alan"), pair(s.IDs["mary"], room, `,"id":"x"`)).Is(200, s.shown("alan", "member"))
		s.Who["grace"].Send(http.MethodPatch, s.path("alan"), `{"role":"administrator"}`).Is(200, s.shown("alan", "administrator"))
		s.Who["ada"].Send(http.MethodPut, s.path("alan"), pair(s.IDs["alan"], room, "")).Is(200, s.shown("alan", "administrator"))
		require.True(t, s.access("alan").UpdatedAt.After(before.UpdatedAt))
		s.Who["ada"].Send(http.MethodPatch, s.path("ada"), `{}`).Is(200, s.shown("ada", "owner"))

		s.Who["ada"].Send(http.MethodPatch, s.path("grace"), `{"role":"owner"}`).Is(200, s.shown("grace", "owner"))
		s.Who["ada"].Send(http.MethodPatch, s.path("grace"), `{}`).Is(403, NotOwner)
		s.Who["ada"].Send(http.MethodPatch, s.path("grace"), `{"role":"member"}`).Is(403, NotOwner)
		s.Who["ada"].Send(http.MethodPatch, s.path("ada"), `{"role":"member"}`).Is(200, s.shown("ada", "member"))
		s.Who["ada"].Send(http.MethodPatch, s.path("ada"), `{"role":"owner"}`).Is(403, Forbidden)
		s.Who["grace"].Send(http.MethodPatch, s.path("grace"), `{"role":"member"}`).Is(403, LastOwner)
	})
}

func TestAccess_is_removed_by_the_rules(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		for _, access := range []string{"ada", "grace", "alan"} {
			s.Who[""].Send(http.MethodDelete, s.path(access), nil).Is(401, NoCredentials)
			for _, name := range []string{"alan", "mary"} { // a member may not even leave
				s.Who[name].Send(http.MethodDelete, s.path(access), nil).Is(403, Forbidden)
			}
		}
		s.Who["grace"].Send(http.MethodDelete, s.path("ada"), nil).Is(403, Forbidden)
		s.Who["ada"].Send(http.MethodDelete, s.path("ada"), nil).Is(403, LastOwner)
		s.Who["ada"].Send(http.MethodDelete, s.path("alan"), nil, "X-CSRFToken", "").Is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		s.Who["grace"].Send(http.MethodDelete, s.path("alan"), nil).Is(204, "")
		require.Nil(t, s.access("alan"))
		own := s.path("grace")
		s.Who["grace"].Send(http.MethodDelete, own, nil).Is(204, "")
		s.Who["ada"].Send(http.MethodDelete, own, nil).Is(404, NoAccess)
		s.Grant(s.Room, "mary", store.Owner)
		s.Who["ada"].Send(http.MethodDelete, s.path("mary"), nil).Is(403, Forbidden)
		s.Who["ada"].Send(http.MethodDelete, s.path("ada"), nil).Is(204, "")
		s.Who["mary"].Send(http.MethodDelete, s.path("mary"), nil).Is(403, LastOwner)
	})
}

func TestAccess_keeps_one_owner_when_all_leave_at_once(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		people := []string{"ada", "grace", "alan", "mary"}
		for round := range 5 {
			s.Room = s.Who["ada"].Create(Object{"name": fmt.Sprint("round ", round)})
			paths := make([]string, len(people))
			for i, name := range people {
				if i > 0 {
					s.Grant(s.Room, name, store.Owner)
				}
				paths[i] = s.path(name)
			}
			answers := make([]Answer, len(people))
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
					answers[i].Is(403, LastOwner)
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
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine))
		answers := make([]Answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = s.Who["ada"].Send(http.MethodPost, accessesPath, Object{"user": s.IDs["mary"], "resource": s.Room["id"]})
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

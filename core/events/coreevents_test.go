package events_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	gateway "foyer/core"
	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/legacy/credential"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/module"
)

const applicationsKey = "a key of the applications, long enough for it"

// telling is a house whose core events are checked.
type telling struct {
	*coretest.House
	known map[string]bool // ids of known events
	want  map[string]int  // "name room body" -> how many are expected
}

func openTelling(t *testing.T, run string, engine coretest.Setting) *telling {
	mods := func() []module.Module { return []module.Module{externalapi.New(), newWitness(), newDoorman()} }
	environ := []string{
		"GATEWAY_MAIL__BACKEND=none", "EXTERNAL_API_ENABLED=true", "APPLICATION_ENABLED=true", "APPLICATION_JWT_SECRET_KEY=" + applicationsKey,
		"APPLICATION_BASE_URL=https://meet.example.org", "APPLICATION_ALLOW_USER_CREATION=true", "GATEWAY_FLAGS__VALUES={external_api_spaces: true}",
	}
	for _, name := range []string{"WITNESS", "DOORMAN"} {
		environ = append(environ, "GATEWAY_MODULES__"+name+"__ENABLED=true", "GATEWAY_MODULES__"+name+"__RUN="+run)
	}
	environ = append(environ, "GATEWAY_MODULES__EXTERNAL_API__RUN="+run)
	h := coretest.OpenWith(t, mods, environ, engine, func(_ *testing.T, c *config.Config) {
		c.OIDC.EmailFallback, c.OIDC.SubImmutable = true, false
		c.LiveKit.APIKey = coretest.MediaKey
	})
	return &telling{House: h, known: map[string]bool{}, want: map[string]int{}}
}

// told formats one event.
func told(t *testing.T, name string, room uuid.UUID, body any) string {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	if room == uuid.Nil {
		return name + "  " + string(raw)
	}
	return name + " " + room.String() + " " + string(raw)
}

// tells compares the events stored since the last call with those expected.
func (h *telling) tells(about string, want ...string) {
	h.Helper()
	list, err := h.Store.EventsSince(h.Context(), time.Now().Add(-time.Hour), module.EventRoomCreated, module.EventRoomChanged,
		module.EventRoomDeleted, module.EventUserCreated, module.EventUserChanged, module.EventAccessChanged, module.EventApplicationChanged)
	require.NoError(h, err)
	var got []string
	for _, e := range list {
		if !h.known[e.ID] {
			h.known[e.ID] = true
			got = append(got, e.Name+" "+e.Room+" "+string(e.Body))
		}
	}
	require.ElementsMatch(h, want, got, about)
	for _, text := range want {
		h.want[text]++
	}
}

// seen returns the events that a module was told, and how often each was delivered.
func (h *telling) seen(name string) (seen map[string]int, deliveries []int) {
	h.Helper()
	seen = map[string]int{}
	list, more, err := h.Store.ListDocuments(h.Context(), store.DocumentQuery{Namespace: name + "/seen", Limit: 1000, Bytes: 1 << 20}, time.Now())
	require.NoError(h, err)
	require.False(h, more)
	for _, d := range list {
		var s sighting
		require.NoError(h, json.Unmarshal(d.Value, &s))
		seen[s.Name+" "+s.Room+" "+s.Body]++
		n := s.Deliveries
		if s.Name == module.EventRoomCreated {
			n-- // delivered twice, under one id
		}
		deliveries = append(deliveries, n)
	}
	return seen, deliveries
}

// program sends an application's request on behalf of ada.
func (h *telling) program(app store.Application, user uuid.UUID, method, path string, body coretest.Object) coretest.Answer {
	h.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": app.ClientID, "delegated": true, "user_id": user.String(), "iss": "lasuite-meet",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(), "scope": strings.Join(app.Scopes, " "),
	}).SignedString([]byte(applicationsKey))
	require.NoError(h, err)
	return h.Anonymous().Send(method, path, body, "Authorization", "Bearer "+text)
}

func idOf(t *testing.T, o coretest.Object) uuid.UUID {
	t.Helper()
	text, _ := o["id"].(string)
	id, err := uuid.Parse(text)
	require.NoError(t, err, o)
	return id
}

func TestCoreEvents_tell_of_every_change_through_every_door(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ run, engine string }{
		{"inprocess", "sqlite"}, {"process", "sqlite"}, {"inprocess", "postgres"}, {"process", "postgres"},
	} {
		t.Run(c.run+" "+c.engine, func(t *testing.T) {
			t.Parallel()
			everyDoor(t, openTelling(t, c.run, coretest.Engines[c.engine]))
		})
	}
}

func everyDoor(t *testing.T, h *telling) {
	ok := func(a coretest.Answer) coretest.Answer { t.Helper(); require.Less(t, a.Status, 300, a.Body); return a }
	signedIn := module.Author{SignIn: true}
	account := func(sub string) uuid.UUID {
		u, err := h.Store.UserBySub(t.Context(), sub)
		require.NoError(t, err)
		return u.ID
	}

	ada := h.SignIn("ada")
	adaID := account("ada")
	h.tells("a first sign-in", told(t, module.EventUserCreated, uuid.Nil, module.UserCreated{User: adaID, By: signedIn}))
	h.SignIn("ada")
	h.tells("a second sign-in")
	h.SignIn("grace")
	graceID := account("grace")
	h.tells("another account", told(t, module.EventUserCreated, uuid.Nil, module.UserCreated{User: graceID, By: signedIn}))
	require.NoError(t, h.Store.UpdateClaims(t.Context(), graceID, store.Claims{FullName: new("Somebody Else")}))
	h.SignIn("grace")
	h.tells("a sign-in with another name", told(t, module.EventUserChanged, uuid.Nil,
		module.UserChanged{User: graceID, Changed: []string{"full_name"}, By: signedIn}))

	byAda := module.Author{User: adaID}
	for _, again := range []bool{false, true} {
		ok(ada.Send(http.MethodPatch, coretest.UsersPath+adaID.String()+"/", coretest.Object{"timezone": "Europe/Lisbon"}))
		if again {
			h.tells("preferences as they are")
			continue
		}
		h.tells("preferences", told(t, module.EventUserChanged, uuid.Nil, module.UserChanged{User: adaID, Changed: []string{"timezone"}, By: byAda}))
	}

	room := idOf(t, ada.Create(coretest.Object{"name": "Weekly"}))
	path := "/api/v1.0/rooms/" + room.String() + "/"
	h.tells("a room", told(t, module.EventRoomCreated, room, module.RoomCreated{Room: room, Owner: adaID, By: byAda}))
	require.Equal(t, 400, ada.Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "weekly"}).Status)
	h.tells("a room that is refused")
	ok(ada.Send(http.MethodPatch, path, coretest.Object{"name": "Daily", "access_level": "restricted"}))
	h.tells("a room is changed", told(t, module.EventRoomChanged, room, module.RoomChanged{
		Room: room, Changed: []string{"name", "slug", "access_level"}, By: byAda,
	}))
	ok(ada.Send(http.MethodPut, path, coretest.Object{"name": "Daily", "access_level": "restricted"}))
	h.tells("a room is written as it is")

	const accesses = "/api/v1.0/resource-accesses/"
	accessed := func(before, after store.Role) string {
		return told(t, module.EventAccessChanged, room, module.AccessChanged{
			Room: room, User: graceID, Before: string(before), After: string(after), By: byAda,
		})
	}
	access := idOf(t, ok(ada.Send(http.MethodPost, accesses, coretest.Object{"user": graceID, "resource": room, "role": "member"})).JSON()).String()
	h.tells("an access", accessed("", store.Member))
	ok(ada.Send(http.MethodPatch, accesses+access+"/", coretest.Object{"role": "administrator"}))
	h.tells("a role", accessed(store.Member, store.Administrator))
	ok(ada.Send(http.MethodPatch, accesses+access+"/", coretest.Object{"role": "administrator"}))
	h.tells("a role as it is")
	ok(ada.Send(http.MethodDelete, accesses+access+"/", nil))
	h.tells("an access is taken away", accessed(store.Administrator, ""))
	ok(ada.Send(http.MethodDelete, path, nil))
	gone := []string{told(t, module.EventRoomDeleted, room, module.RoomDeleted{Room: room, By: byAda})}
	h.tells("a room is deleted", gone...)

	app := h.commands()
	h.programs(ok, app, adaID, &gone)

	require.Eventually(t, func() bool {
		seen, deliveries := h.seen("witness")
		for _, n := range deliveries {
			if n < 1 { // a new room's second event is still to come
				return false
			}
		}
		few, _ := h.seen("doorman")
		return len(seen) >= len(h.want) && len(few) >= len(gone)
	}, coretest.WaitLong, 20*time.Millisecond)
	seen, deliveries := h.seen("witness")
	require.Equal(t, h.want, seen)
	for _, n := range deliveries {
		require.Equal(t, 1, n, "nothing failed, and something came twice")
	}
	few, _ := h.seen("doorman")
	require.Len(t, few, len(gone), "it listens to one name")
	for _, text := range gone {
		require.Equal(t, 1, few[text])
	}
}

// commands changes applications without the gateway, as the command line does.
func (h *telling) commands() store.Application {
	h.Helper()
	desk, err := gateway.OpenDesk(h.Context(), h.Config, slog.New(slog.DiscardHandler))
	require.NoError(h, err)
	defer desk.Close()
	changed := func(id uuid.UUID, change string, names ...string) string {
		return told(h.T, module.EventApplicationChanged, uuid.Nil, module.ApplicationChanged{Application: id, Change: change, Changed: names})
	}
	hash, err := credential.Make(applicationsKey, credential.FewRounds)
	require.NoError(h, err)
	make := func(clientID string) store.Application {
		app, err := desk.Store.CreateApplication(h.Context(), store.Application{
			Name: clientID, ClientID: clientID, IsActive: true, Scopes: []string{"rooms:create", "rooms:update", "rooms:delete", "rooms:retrieve"},
			Secrets: []store.ApplicationSecret{{Hash: hash}},
		})
		require.NoError(h, err)
		h.tells("an application", changed(app.ID, module.ApplicationCreated))
		return app
	}
	app := make("planner")
	_, err = desk.Store.ChangeApplication(h.Context(), app.ID, func(a *store.Application) error {
		a.Domains, a.Scopes = []string{"example.org"}, append(a.Scopes, "rooms:list")
		return nil
	})
	require.NoError(h, err)
	h.tells("an application may more", changed(app.ID, module.ApplicationAltered, "scopes", "domains"))
	other := make("calendar")
	require.NoError(h, desk.Store.DeleteApplication(h.Context(), other.ID))
	h.tells("an application is deleted", changed(other.ID, module.ApplicationDeleted))
	return app
}

// programs does what applications do.
func (h *telling) programs(ok func(coretest.Answer) coretest.Answer, app store.Application, ada uuid.UUID, gone *[]string) {
	h.Helper()
	const base = "/external-api/v1.0/"
	by := module.Author{Module: "external_api", User: ada, Application: app.ID}
	made := func(room uuid.UUID) string {
		return told(h.T, module.EventRoomCreated, room, module.RoomCreated{Room: room, Owner: ada, By: by})
	}
	room := idOf(h.T, ok(h.program(app, ada, http.MethodPost, base+"rooms/", coretest.Object{"name": "By a program"})).JSON())
	h.tells("a room of an application", made(room))
	ok(h.program(app, ada, http.MethodPatch, base+"rooms/"+room.String()+"/", coretest.Object{"access_level": "restricted"}))
	altered := module.RoomChanged{Room: room, Changed: []string{"access_level"}, By: module.Author{Module: "external_api", User: ada}}
	h.tells("a room is changed by an application", told(h.T, module.EventRoomChanged, room, altered))
	ok(h.program(app, ada, http.MethodDelete, base+"rooms/"+room.String()+"/", nil))
	*gone = append(*gone, told(h.T, module.EventRoomDeleted, room, module.RoomDeleted{Room: room, By: module.Author{Module: "external_api"}}))
	h.tells("a room is deleted by an application", (*gone)[1])

	space := ok(h.program(app, ada, http.MethodPost, "/v2/spaces", coretest.Object{})).JSON()
	name, _ := space["name"].(string)
	id, err := uuid.Parse(strings.TrimPrefix(name, "spaces/"))
	require.NoError(h, err, space)
	h.tells("a space", made(id))
	ok(h.program(app, ada, http.MethodPatch, "/v2/spaces/"+id.String()+"?updateMask=config.accessType", coretest.Object{"config": coretest.Object{"accessType": "RESTRICTED"}}))
	altered.Room = id
	h.tells("a space is changed", told(h.T, module.EventRoomChanged, id, altered))

	form := url.Values{
		"client_id": {app.ClientID}, "client_secret": {applicationsKey}, "grant_type": {"client_credentials"}, "scope": {"new@example.org"},
	}
	ok(h.Anonymous().Send(http.MethodPost, base+"application/token/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded"))
	users, err := h.Store.UsersByEmail(h.Context(), "new@example.org")
	require.NoError(h, err)
	require.Len(h, users, 1)
	h.tells("an account for an application", told(h.T, module.EventUserCreated, uuid.Nil,
		module.UserCreated{User: users[0].ID, By: module.Author{Module: "external_api"}}))
}

package memory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// Roles in a room.
const (
	Owner         = "owner"
	Administrator = "administrator"
	Member        = "member"
)

// must panics on impossible seeds: the test has nothing to go on with.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Errorf("memory: %w", err))
	}
	return v
}

// AddUser stores an account and returns it with empty fields filled in: an id,
// the language en-us and the zone UTC. It panics if the subject, or the address
// of an account without one, is taken.
func (g *Gateway) AddUser(a module.Account) module.Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	return must(g.addUser(a, module.Author{SignIn: true}))
}

// SetUser replaces the account with that id, for example by an inactive one. It
// panics if there is none.
func (g *Gateway) SetUser(a module.Account) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.users[a.ID]
	if u == nil {
		panic(fmt.Sprintf("memory: there is no user %s", a.ID))
	}
	u.Account = a
}

// AddRoom stores a room and returns it with empty fields filled in: an id, a
// name, the access level "public" and no configuration. The slug follows the
// name. The owner may be uuid.Nil. It panics if the name is taken or invalid.
func (g *Gateway) AddRoom(r module.Room, owner uuid.UUID) module.Room {
	g.mu.Lock()
	defer g.mu.Unlock()
	r.AccessLevel = cmp.Or(r.AccessLevel, "public")
	made := must(g.newRoom(r))
	if owner != uuid.Nil {
		made.roles[owner] = Owner
	}
	g.tell(module.EventRoomCreated, made.ID, module.RoomCreated{Room: made.ID, Owner: owner, By: module.Author{User: owner}})
	return made.shown()
}

// Grant gives a user a role in a room; "" takes it away. It panics if there is no
// such room.
func (g *Gateway) Grant(roomID, user uuid.UUID, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := must(g.room(roomID))
	before := r.roles[user]
	if before == role {
		return
	}
	r.roles[user] = role
	g.tell(module.EventAccessChanged, roomID, module.AccessChanged{Room: roomID, User: user, Before: before, After: role})
}

// AddApplication stores an application and returns it with all ids. It panics if
// the client id is taken.
func (g *Gateway) AddApplication(a module.Application) module.Application {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a.ID == uuid.Nil {
		a.ID = uuid.New()
	}
	if g.byClientID(a.ClientID) != nil || g.apps[a.ID] != nil {
		panic(fmt.Sprintf("memory: the application %q is there", a.ClientID))
	}
	stored := a
	stored.Secrets, stored.Keys, stored.Domains = slices.Clone(a.Secrets), slices.Clone(a.Keys), slices.Clone(a.Domains)
	for i := range stored.Secrets {
		stored.Secrets[i].ID, stored.Secrets[i].ExpiresAt = uuid.New(), stamp(stored.Secrets[i].ExpiresAt)
	}
	for i := range stored.Keys {
		stored.Keys[i].ID, stored.Keys[i].ExpiresAt = uuid.New(), stamp(stored.Keys[i].ExpiresAt)
	}
	for i, d := range stored.Domains {
		stored.Domains[i] = identifier.Fold(d)
	}
	slices.Sort(stored.Domains)
	g.apps[a.ID] = &stored
	g.tell(module.EventApplicationChanged, uuid.Nil, module.ApplicationChanged{Application: a.ID, Change: module.ApplicationCreated})
	out := stored
	out.Secrets, out.Keys = slices.Clone(stored.Secrets), slices.Clone(stored.Keys)
	return out
}

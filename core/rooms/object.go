package rooms

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/core/users"
)

// object is a room as the API shows it (core-rest.md 5.2). The last three fields
// are absent, not null, for callers who may not see them.
type object struct {
	ID            uuid.UUID       `json:"id"`
	Name          string          `json:"name"`
	Slug          string          `json:"slug"`
	Configuration json.RawMessage `json:"configuration"`
	AccessLevel   string          `json:"access_level"`
	PINCode       *nullText       `json:"pin_code,omitempty"`
	LiveKit       *Entry          `json:"livekit,omitempty"`
	Accesses      *[]access       `json:"accesses,omitempty"`
}

// nullText is a text or null, present either way.
type nullText struct{ text *string }

func (n nullText) MarshalJSON() ([]byte, error) { return json.Marshal(n.text) }

// access is one access to a room, as administrators see it.
type access struct {
	ID       uuid.UUID    `json:"id"`
	User     users.Object `json:"user"`
	Resource uuid.UUID    `json:"resource"`
	Role     store.Role   `json:"role"`
}

// MayEnter reports whether the user can enter without waiting: public rooms let
// everybody in, trusted ones every account, and a role of any kind opens its
// room.
func MayEnter(r store.RoomWithRole, u *store.User) bool {
	return r.AccessLevel == store.Public || (r.AccessLevel == store.Trusted && u != nil) || r.Role != store.NoRole
}

// refused returns which of the rooms that the user may enter they were removed
// from. Owners and administrators of a room are never refused, and guests have a
// new identity each time.
func (s *Service) refused(ctx context.Context, user *store.User, list []store.RoomWithRole) (map[uuid.UUID]bool, error) {
	if user == nil {
		return nil, nil
	}
	var asked []uuid.UUID
	for _, r := range list {
		if MayEnter(r, user) && !r.Role.Privileged() {
			asked = append(asked, r.ID)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	return s.refusals.Refused(ctx, Identity(user), asked...)
}

// show returns the object of one room for one caller.
func (s *Service) show(ctx context.Context, user *store.User, wish string, r store.RoomWithRole) (*object, error) {
	refused, err := s.refused(ctx, user, []store.RoomWithRole{r})
	if err != nil {
		return nil, err
	}
	o, err := s.object(user, wish, r, refused)
	if err != nil || !r.Role.Privileged() {
		return &o, err
	}
	rows, err := s.store.Accesses(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	list := make([]access, len(rows))
	for i := range rows {
		a := &rows[i]
		list[i] = access{ID: a.Access.ID, User: users.ObjectOf(&a.User), Resource: a.RoomID, Role: a.Role}
	}
	o.Accesses = &list
	return &o, nil
}

// object is a room without its accesses.
func (s *Service) object(user *store.User, wish string, r store.RoomWithRole, refused map[uuid.UUID]bool) (object, error) {
	o := object{ID: r.ID, Name: r.Name, Slug: r.Slug, Configuration: r.Configuration, AccessLevel: r.AccessLevel}
	if !MayEnter(r, user) || refused[r.ID] {
		return o, nil
	}
	e, err := s.Enter(Entrant{Room: r.ID.String(), Configuration: r.Configuration, Role: r.Role, User: user, Wish: wish})
	o.LiveKit, o.PINCode = e, &nullText{r.PINCode}
	return o, err
}

// showList returns the objects of the user's rooms. Accounts are read once however
// many rooms they have a role in, and the user's own not at all.
func (s *Service) showList(ctx context.Context, user *store.User, wish string, list []store.ListedRoom) ([]object, error) {
	rows := make([]store.RoomWithRole, len(list))
	for i, r := range list {
		rows[i] = r.RoomWithRole
	}
	refused, err := s.refused(ctx, user, rows)
	if err != nil {
		return nil, err
	}
	people, err := s.holders(ctx, user, list)
	if err != nil {
		return nil, err
	}
	shown := make([]object, len(list))
	for i, r := range list {
		if shown[i], err = s.object(user, wish, r.RoomWithRole, refused); err != nil {
			return nil, err
		}
		if !r.Role.Privileged() {
			continue
		}
		of := make([]access, 0, len(r.Accesses))
		for _, a := range r.Accesses {
			if u, found := people[a.UserID]; found {
				of = append(of, access{ID: a.ID, User: u, Resource: a.RoomID, Role: a.Role})
			}
		}
		shown[i].Accesses = &of
	}
	return shown, nil
}

// holders are the accounts that have a role in rooms of the list, by id.
func (s *Service) holders(ctx context.Context, user *store.User, list []store.ListedRoom) (map[uuid.UUID]users.Object, error) {
	people := map[uuid.UUID]users.Object{user.ID: users.ObjectOf(user)}
	var others []uuid.UUID
	for _, r := range list {
		for _, a := range r.Accesses {
			if _, known := people[a.UserID]; !known {
				people[a.UserID] = users.Object{}
				others = append(others, a.UserID)
			}
		}
	}
	found, err := s.store.UsersByID(ctx, others...)
	if err != nil {
		return nil, err
	}
	for _, id := range others {
		if u, there := found[id]; there {
			people[id] = users.ObjectOf(&u)
		} else { // gone meanwhile, and their accesses with them
			delete(people, id)
		}
	}
	return people, nil
}

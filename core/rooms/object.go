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

// show returns the objects of rooms for one caller, reading the accesses of all
// rooms in one statement.
func (s *Service) show(ctx context.Context, user *store.User, wish string, list ...store.RoomWithRole) ([]object, error) {
	refused, err := s.refused(ctx, user, list)
	if err != nil {
		return nil, err
	}
	shown := make([]object, len(list))
	var administered []uuid.UUID
	for i, r := range list {
		shown[i] = object{ID: r.ID, Name: r.Name, Slug: r.Slug, Configuration: r.Configuration, AccessLevel: r.AccessLevel}
		if MayEnter(r, user) && !refused[r.ID] {
			e, err := s.Enter(Entrant{Room: r.ID.String(), Configuration: r.Configuration, Role: r.Role, User: user, Wish: wish})
			if err != nil {
				return nil, err
			}
			shown[i].LiveKit, shown[i].PINCode = e, &nullText{r.PINCode}
		}
		if r.Role.Privileged() {
			shown[i].Accesses = &[]access{}
			administered = append(administered, r.ID)
		}
	}
	if len(administered) == 0 {
		return shown, nil
	}
	rows, err := s.store.Accesses(ctx, administered...)
	if err != nil {
		return nil, err
	}
	byRoom := make(map[uuid.UUID]*[]access, len(administered))
	for i := range shown {
		if shown[i].Accesses != nil {
			byRoom[shown[i].ID] = shown[i].Accesses
		}
	}
	for i := range rows {
		a := &rows[i]
		of := byRoom[a.RoomID]
		*of = append(*of, access{ID: a.Access.ID, User: users.ObjectOf(&a.User), Resource: a.RoomID, Role: a.Role})
	}
	return shown, nil
}

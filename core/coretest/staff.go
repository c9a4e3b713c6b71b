package coretest

import (
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
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

// NewStaff signs everybody in and creates the room, which is restricted: "Staffed".
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

// Grant gives an account a role on a room.
func (h *House) Grant(room Object, user string, role store.Role) {
	h.Helper()
	u, err := h.Store.UserBySub(h.Context(), user)
	require.NoError(h, err)
	const text = `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id)
		SELECT $1, created_at, updated_at, $2, id, $4 FROM meet_resource WHERE id = $3`
	args := []any{uuid.NewString(), string(role), room["id"], u.ID.String()}
	if pool := h.Store.PgxPool(); pool != nil {
		_, err = pool.Exec(h.Context(), text, args...)
	} else {
		_, err = h.Store.SQLDB().ExecContext(h.Context(), text, args...)
	}
	require.NoError(h, err)
}

// UserKeys are the keys of an account's object, sorted.
var UserKeys = []string{
	"default_room_access_level", "default_room_configuration", "email", "full_name", "id", "language", "short_name", "timezone",
}

// Keys returns the keys of an object, sorted.
func Keys(o Object) []string { return slices.Sorted(maps.Keys(o)) }

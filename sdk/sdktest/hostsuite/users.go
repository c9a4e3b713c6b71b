package hostsuite

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func userCases() []test {
	return []test{
		{"Users are found by id, active or not", usersByID},
		{"Rooms are read with the role of a user", rolesInRooms},
	}
}

func usersByID(p *probe) {
	full := module.Account{User: module.User{Sub: "ben", Email: "ben@example.org", FullName: "Ben", Language: "nl-nl", Timezone: "Europe/Amsterdam"}}
	ben := p.place.AddUser(full)
	require.NotEqual(p.T, uuid.Nil, ben.ID)
	full.ID = ben.ID
	got, err := p.Users().ByID(p.Context(), ben.ID)
	require.NoError(p.T, err)
	require.Equal(p.T, full.User, got)
	_, err = p.Users().ByID(p.Context(), nobody)
	require.ErrorIs(p.T, err, module.ErrNotFound)
}

func rolesInRooms(p *probe) {
	made := p.room("Weekly call", uuid.Nil)
	for user, want := range map[uuid.UUID]string{p.ada.ID: "owner", nobody: "", uuid.Nil: ""} {
		role, err := p.Rooms().Role(p.Context(), made.ID, user)
		require.NoError(p.T, err)
		require.Equal(p.T, want, role)
	}
	_, err := p.Rooms().Role(p.Context(), nobody, p.ada.ID)
	require.ErrorIs(p.T, err, module.ErrNotFound)
	got, err := p.Rooms().ByID(p.Context(), made.ID)
	require.NoError(p.T, err)
	require.Equal(p.T, made.Room, got)
	_, err = p.Rooms().ByID(p.Context(), nobody)
	require.ErrorIs(p.T, err, module.ErrNotFound)
}

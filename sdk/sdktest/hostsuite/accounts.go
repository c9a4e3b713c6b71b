package hostsuite

import (
	"strings"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func accountCases() []test {
	return []test{
		{"Accounts are found and made by the rules", foundAndMade},
	}
}

func foundAndMade(p *probe) {
	ctx, accounts := p.Context(), p.Accounts()
	list, err := accounts.ByEmail(ctx, "ADA@example.org")
	require.NoError(p.T, err)
	require.Len(p.T, list, 1)
	byID, err := accounts.ByID(ctx, p.ada.ID)
	require.NoError(p.T, err)
	bySub, err := accounts.BySub(ctx, "ada")
	require.NoError(p.T, err)
	require.Equal(p.T, []module.Account{list[0], list[0]}, []module.Account{byID, bySub})
	for _, none := range []string{"nobody@example.org", "", "a\x00b", "\xff"} {
		list, err := accounts.ByEmail(ctx, none)
		require.NoError(p.T, err)
		require.Empty(p.T, list)
		_, err = accounts.BySub(ctx, none)
		require.ErrorIs(p.T, err, module.ErrNotFound)
	}
	_, err = accounts.ByID(ctx, nobody)
	require.ErrorIs(p.T, err, module.ErrNotFound)

	made, err := accounts.CreateProvisional(ctx, "New@example.org")
	require.NoError(p.T, err)
	require.Equal(p.T, []string{"", "New@example.org", "fr-fr"}, []string{made.Sub, made.Email, made.Language})
	require.True(p.T, made.Active)
	_, err = accounts.CreateProvisional(ctx, "new@example.org")
	require.ErrorIs(p.T, err, module.ErrConflict)
	_, err = accounts.CreateProvisional(ctx, "no address")
	require.ErrorIs(p.T, err, module.ErrInvalid)
	_, err = accounts.CreateWithSub(ctx, "ada")
	require.ErrorIs(p.T, err, module.ErrConflict)
	for _, bad := range []string{"", "a\x00b", strings.Repeat("x", 256)} {
		_, err = accounts.CreateWithSub(ctx, bad)
		require.ErrorIs(p.T, err, module.ErrInvalid)
		_, err = accounts.BySub(ctx, bad)
		require.ErrorIs(p.T, err, module.ErrNotFound)
	}
	for _, sub := range []string{"auth0|5f7c", "f:8f2c:ada lane", "https://id.example.org/?u=1#x", "q80+/7w==", strings.Repeat("é", 255)} {
		made, err := accounts.CreateWithSub(ctx, sub)
		require.NoError(p.T, err, sub)
		require.Equal(p.T, sub, made.Sub)
		found, err := accounts.BySub(ctx, sub)
		require.NoError(p.T, err, sub)
		require.Equal(p.T, made, found)
	}
}

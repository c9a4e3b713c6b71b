package hostsuite

import (
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func bearerCases() []test {
	return []test{
		{"Bearer is who stands behind a token now", behindAToken},
	}
}

func behindAToken(p *probe) {
	a := p.application("calendar", func(a *module.Application) { a.Active, a.Addresses = false, []string{"192.0.2.1/32"} })
	require.NoError(p.T, p.Applications().RevokeToken(p.Context(), "over", time.Now().Add(time.Hour)))
	b, err := p.Applications().Bearer(p.Context(), module.BearerQuery{ClientID: "calendar", User: p.ada.ID, TokenID: "other", Ancestors: []string{"over"}})
	require.NoError(p.T, err)
	require.True(p.T, b.Revoked)
	require.Equal(p.T, a.ID, b.Application.ID)
	require.False(p.T, b.Application.Active, "a caller decides")
	require.Equal(p.T, []string{"192.0.2.1/32"}, b.Application.Addresses)
	require.Empty(p.T, b.Application.Secrets)
	require.Equal(p.T, module.Account{
		User: module.User{ID: p.ada.ID, Sub: "ada", Email: "Ada@example.org", Language: p.ada.Language, Timezone: p.ada.Timezone}, Active: true,
	}, *b.Account)

	for _, q := range []module.BearerQuery{{}, {ClientID: "nobody", User: nobody, TokenID: "other"}, {ClientID: "a\x00b", User: p.ada.ID}, {ClientID: "\xff", TokenID: "\xff", Ancestors: []string{"\xff"}}} {
		b, err := p.Applications().Bearer(p.Context(), q)
		require.NoError(p.T, err)
		require.Equal(p.T, module.Bearer{}, b, "%q", q.ClientID)
	}
	b, err = p.Applications().Bearer(p.Context(), module.BearerQuery{User: p.ada.ID})
	require.NoError(p.T, err)
	require.Nil(p.T, b.Application)
	require.Equal(p.T, p.ada.ID, b.Account.ID)
}

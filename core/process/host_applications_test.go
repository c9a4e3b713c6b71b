package process_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/legacy/credential"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestApplications_are_given_with_what_still_counts_of_them(t *testing.T) {
	everywhere(t, func(p *place) {
		soon, past := time.Now().Add(time.Hour).UTC().Truncate(time.Second), time.Now().Add(-time.Hour)
		a := p.application("calendar", func(a *store.Application) {
			a.Scopes, a.Domains = []string{"rooms:create", "rooms:list:all"}, []string{"example.org"}
			a.RequireDomains, a.Addresses = true, []string{"192.0.2.0/24"}
			a.Secrets = []store.ApplicationSecret{{Hash: "first", ExpiresAt: &past}}
		})
		next, err := p.store.RotateSecret(p.Context(), a.ID, store.ApplicationSecret{Hash: "second", ExpiresAt: &soon}, soon)
		require.NoError(p.T, err)
		live, err := p.store.AddApplicationKey(p.Context(), a.ID, store.ApplicationKey{JWK: []byte(`{"kty":"OKP"}`)})
		require.NoError(p.T, err)
		_, err = p.store.AddApplicationKey(p.Context(), a.ID, store.ApplicationKey{JWK: []byte(`{}`), ExpiresAt: &past})
		require.NoError(p.T, err)

		got, err := p.Applications().ByClientID(p.Context(), "calendar")
		require.NoError(p.T, err)
		require.Equal(p.T, module.Application{
			ID: a.ID, ClientID: "calendar", Name: "calendar", Active: true, Scopes: a.Scopes, Domains: a.Domains,
			RequireDomains: true, Addresses: a.Addresses,
			Secrets: []module.ApplicationSecret{{ID: next.ID, Hash: conf.NewSecret("second"), ExpiresAt: soon}},
			Keys:    []module.ApplicationKey{{ID: live.ID, JWK: []byte(`{"kty":"OKP"}`)}},
		}, got)
		for _, id := range []string{"Calendar", "calendar ", "", "a\x00b", "\xff"} {
			_, err := p.Applications().ByClientID(p.Context(), id)
			require.ErrorIs(p.T, err, module.ErrNotFound, "%q", id)
		}
	})
}

func TestApplications_tell_the_work_of_the_costliest_one(t *testing.T) {
	everywhere(t, func(p *place) {
		most := func() int {
			n, err := p.Applications().MostRounds(p.Context())
			require.NoError(p.T, err)
			return n
		}
		hash := func(rounds int) []store.ApplicationSecret {
			text, err := credential.Make("x", rounds)
			require.NoError(p.T, err)
			return []store.ApplicationSecret{{Hash: text}}
		}
		require.Equal(p.T, credential.FewRounds, most(), "no less than a new secret costs")
		p.application("unknown", nil)
		p.application("one", func(a *store.Application) { a.Secrets = hash(3_000) })
		several := p.application("several", func(a *store.Application) { a.Secrets, a.IsActive = hash(2_000), false })
		require.Equal(p.T, 3_000, most())
		_, err := p.store.RotateSecret(p.Context(), several.ID, hash(2_000)[0], time.Now().Add(time.Hour))
		require.NoError(p.T, err)
		require.Equal(p.T, 4_000, most(), "all that a wrong secret is held against")
	})
}

func TestApplications_renew_a_hash_that_nobody_changed(t *testing.T) {
	everywhere(t, func(p *place) {
		a := p.application("calendar", func(a *store.Application) { a.Secrets = []store.ApplicationSecret{{Hash: "old"}} })
		renew := func(from, to string) bool {
			done, err := p.Applications().RenewSecret(p.Context(), a.ID, a.Secrets[0].ID, conf.NewSecret(from), conf.NewSecret(to))
			require.NoError(p.T, err)
			return done
		}
		require.False(p.T, renew("another", "new"))
		require.True(p.T, renew("old", "new"))
		require.False(p.T, renew("old", "newer"))
		got, err := p.Applications().ByClientID(p.Context(), "calendar")
		require.NoError(p.T, err)
		require.Equal(p.T, "new", got.Secrets[0].Hash.Reveal())
		require.Equal(p.T, a.Secrets[0].ID, got.Secrets[0].ID)
	})
}

func TestBearer_is_who_stands_behind_a_token_now(t *testing.T) {
	everywhere(t, func(p *place) {
		a := p.application("calendar", func(a *store.Application) { a.IsActive, a.Addresses = false, []string{"192.0.2.1/32"} })
		require.NoError(p.T, p.Applications().RevokeToken(p.Context(), "over", time.Now().Add(time.Hour)))
		b, err := p.Applications().Bearer(p.Context(), module.BearerQuery{ClientID: "calendar", User: p.ada.ID, TokenID: "other", Ancestors: []string{"over"}})
		require.NoError(p.T, err)
		require.True(p.T, b.Revoked)
		require.Equal(p.T, a.ID, b.Application.ID)
		require.False(p.T, b.Application.Active, "a caller decides")
		require.Equal(p.T, a.Addresses, b.Application.Addresses)
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
	})
}

func TestAudit_entries_are_stored_as_they_are(t *testing.T) {
	everywhere(t, func(p *place) {
		at := time.Now().Add(-time.Minute).UTC().Truncate(time.Microsecond)
		full := module.AuditEntry{
			At: at, Action: "token.issue", Outcome: "ok", ClientID: "calendar", Application: uuid.New(), User: p.ada.ID,
			Email: "ada@example.org", Object: "x", TokenID: "t", Address: "192.0.2.1", RequestID: "r",
		}
		require.NoError(p.T, p.Applications().Record(p.Context(), full, module.AuditEntry{Action: "token.issue", Outcome: "invalid_credentials", ClientID: "a\xff\x00"}))
		require.NoError(p.T, p.Applications().Record(p.Context()))
		list, err := p.store.Audit(p.Context(), store.AuditQuery{Limit: 10})
		require.NoError(p.T, err)
		require.Len(p.T, list, 2)
		require.Equal(p.T, "invalid_credentials", list[0].Outcome)
		require.Equal(p.T, "a\uFFFD\uFFFD", list[0].ClientID)
		require.WithinDuration(p.T, time.Now(), list[0].At, time.Minute)
		require.Equal(p.T, store.AuditEntry{
			ID: list[1].ID, At: at, Action: full.Action, Outcome: full.Outcome, ClientID: full.ClientID, Application: full.Application,
			User: full.User, Email: full.Email, Object: full.Object, TokenID: full.TokenID, Address: full.Address, RequestID: full.RequestID,
		}, list[1])
	})
}

func TestAccounts_are_found_and_made_by_the_rules(t *testing.T) {
	everywhere(t, func(p *place) {
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
	})
}

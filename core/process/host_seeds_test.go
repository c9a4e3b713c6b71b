package process_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/store"
	"foyer/sdk/module"
)

func (p *place) AddUser(a module.Account) module.Account {
	p.Helper()
	u, err := p.store.CreateUser(p.Context(), store.User{
		ID: a.ID, Sub: text(a.Sub), Email: text(a.Email), FullName: text(a.FullName), Language: a.Language, Timezone: a.Timezone,
		IsActive: a.Active,
	})
	require.NoError(p.T, err)
	return accounts.Account(u)
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func end(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// AddApplication stores the oldest secret first; the others replace it one by one.
func (p *place) AddApplication(a module.Application) module.Application {
	p.Helper()
	last := a.Secrets[len(a.Secrets)-1]
	made, err := p.store.CreateApplication(p.Context(), store.Application{
		ID: a.ID, ClientID: a.ClientID, Name: a.Name, IsActive: a.Active, Scopes: a.Scopes, Domains: a.Domains,
		RequireDomains: a.RequireDomains, Addresses: a.Addresses,
		Secrets: []store.ApplicationSecret{{Hash: last.Hash.Reveal(), ExpiresAt: end(last.ExpiresAt)}},
	})
	require.NoError(p.T, err)
	a.ID, a.Secrets, a.Keys = made.ID, slices.Clone(a.Secrets), slices.Clone(a.Keys)
	a.Secrets[len(a.Secrets)-1].ID = made.Secrets[0].ID
	for i := len(a.Secrets) - 2; i >= 0; i-- {
		older, s := a.Secrets[i+1], &a.Secrets[i]
		require.NotZero(p.T, older.ExpiresAt, "a secret that was replaced has an end")
		next, err := p.store.RotateSecret(p.Context(), a.ID, store.ApplicationSecret{Hash: s.Hash.Reveal(), ExpiresAt: end(s.ExpiresAt)}, older.ExpiresAt)
		require.NoError(p.T, err)
		s.ID = next.ID
	}
	for i, k := range a.Keys {
		made, err := p.store.AddApplicationKey(p.Context(), a.ID, store.ApplicationKey{JWK: k.JWK, ExpiresAt: end(k.ExpiresAt)})
		require.NoError(p.T, err)
		a.Keys[i].ID = made.ID
	}
	return a
}

func (p *place) Audit() (list []module.AuditEntry) {
	p.Helper()
	rows, err := p.store.Audit(p.Context(), store.AuditQuery{Limit: 100})
	require.NoError(p.T, err)
	for _, e := range rows {
		list = append(list, module.AuditEntry{
			At: e.At, Action: e.Action, Outcome: e.Outcome, ClientID: e.ClientID, Application: e.Application, User: e.User,
			Email: e.Email, Object: e.Object, TokenID: e.TokenID, Address: e.Address, RequestID: e.RequestID,
		})
	}
	return list
}

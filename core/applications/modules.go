package applications

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"foyer/core/accounts"
	"foyer/core/legacy/credential"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// shown is an application with only what is still valid of it.
func shown(a store.Application, now time.Time) module.Application {
	m := module.Application{
		ID: a.ID, ClientID: a.ClientID, Name: a.Name, Active: a.IsActive, Scopes: a.Scopes,
		Domains: a.Domains, RequireDomains: a.RequireDomains, Addresses: a.Addresses,
	}
	for _, x := range a.Secrets {
		if x.ExpiresAt == nil || x.ExpiresAt.After(now) {
			m.Secrets = append(m.Secrets, module.ApplicationSecret{ID: x.ID, Hash: conf.NewSecret(x.Hash), ExpiresAt: moment(x.ExpiresAt)})
		}
	}
	for _, k := range a.Keys {
		if k.ExpiresAt == nil || k.ExpiresAt.After(now) {
			m.Keys = append(m.Keys, module.ApplicationKey{ID: k.ID, JWK: k.JWK, ExpiresAt: moment(k.ExpiresAt)})
		}
	}
	return m
}

// moment returns the time, or the zero time if it is unset.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// ByClientID finds nothing for text that no database can hold.
func (s Service) ByClientID(ctx context.Context, clientID string) (module.Application, error) {
	a, err := s.store.ApplicationByClientID(ctx, clientID)
	if errors.Is(err, store.ErrInvalid) {
		return module.Application{}, module.ErrNotFound
	}
	return shown(a, time.Now()), err
}

func (s Service) MostRounds(ctx context.Context) (int, error) {
	found, err := s.store.LiveSecretHashes(ctx, time.Now())
	if err != nil {
		return 0, err
	}
	most := credential.FewRounds // the cost of every new secret
	for _, hashes := range found {
		sum := 0
		for _, text := range hashes {
			if hash, err := credential.Parse(text); err == nil {
				sum += hash.Rounds()
			}
		}
		most = max(most, sum)
	}
	return most, nil
}

func (s Service) RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to conf.Secret) (bool, error) {
	return s.store.RenewSecret(ctx, application, secret, from.Reveal(), to.Reveal())
}

func (s Service) Bearer(ctx context.Context, q module.BearerQuery) (module.Bearer, error) {
	b, err := s.store.Bearer(ctx, q.ClientID, q.User, append(slices.Clone(q.Ancestors), q.TokenID)...)
	if errors.Is(err, store.ErrInvalid) {
		return module.Bearer{}, nil // text that no row can contain
	}
	if err != nil {
		return module.Bearer{}, err
	}
	m := module.Bearer{Revoked: b.Revoked}
	if b.Application != nil {
		a := shown(*b.Application, time.Now())
		m.Application = &a
	}
	if b.User != nil {
		a := accounts.Account(*b.User)
		m.Account = &a
	}
	return m, nil
}

func (s Service) RevokeToken(ctx context.Context, tokenID string, until time.Time) error {
	return s.store.RevokeToken(ctx, tokenID, until)
}

func (s Service) Record(ctx context.Context, entries ...module.AuditEntry) error {
	rows := make([]store.AuditEntry, len(entries))
	for i, e := range entries {
		rows[i] = store.AuditEntry{
			At: e.At, Action: e.Action, Outcome: e.Outcome, ClientID: e.ClientID, Application: e.Application, User: e.User,
			Email: e.Email, Object: e.Object, TokenID: e.TokenID, Address: e.Address, RequestID: e.RequestID,
		}
	}
	return s.store.AppendAudit(ctx, rows...)
}

package memory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const (
	fewRounds = 1_000 // of every new secret
	tokenIDs  = 64    // looked up at once
)

// live reports whether something with that end still counts; zero = never ends.
func live(end, now time.Time) bool { return end.IsZero() || end.After(now) }

// applications implements module.Applications.
type applications struct{ gateway *Gateway }

// byClientID returns the application, nil if there is none; the lock is held.
func (g *Gateway) byClientID(clientID string) *module.Application {
	for _, a := range g.apps {
		if a.ClientID == clientID {
			return a
		}
	}
	return nil
}

// counting is a copy with what still counts; the lock is held.
func (g *Gateway) counting(a module.Application) module.Application {
	a.Scopes, a.Domains, a.Addresses = slices.Clone(a.Scopes), slices.Clone(a.Domains), slices.Clone(a.Addresses)
	now := g.now()
	secrets, keys := a.Secrets, a.Keys
	a.Secrets, a.Keys = nil, nil
	for _, s := range secrets {
		if live(s.ExpiresAt, now) {
			a.Secrets = append(a.Secrets, s)
		}
	}
	for _, k := range keys {
		if live(k.ExpiresAt, now) {
			k.JWK = slices.Clone(k.JWK)
			a.Keys = append(a.Keys, k)
		}
	}
	return a
}

func (x applications) ByClientID(_ context.Context, clientID string) (module.Application, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	a := x.gateway.byClientID(clientID)
	if a == nil {
		return module.Application{}, fmt.Errorf("find application: %w", module.ErrNotFound)
	}
	return x.gateway.counting(*a), nil
}

func (x applications) MostRounds(context.Context) (int, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	most := fewRounds
	for _, a := range x.gateway.apps {
		sum := 0
		for _, s := range x.gateway.counting(*a).Secrets {
			sum += roundsOf(s.Hash)
		}
		most = max(most, sum)
	}
	return most, nil
}

// roundsOf reads pbkdf2_sha256$rounds$salt$digest, 0 = it is not one.
func roundsOf(hash conf.Secret) int {
	parts := strings.Split(hash.Reveal(), "$")
	if len(parts) != 4 || parts[0] != "pbkdf2_sha256" {
		return 0
	}
	rounds, err := strconv.Atoi(parts[1])
	if err != nil || rounds < 0 {
		return 0
	}
	return rounds
}

func (x applications) RenewSecret(_ context.Context, application, secret uuid.UUID, from, to conf.Secret) (bool, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	a := x.gateway.apps[application]
	if a == nil {
		return false, nil
	}
	for i, s := range a.Secrets {
		if s.ID == secret && s.Hash.Reveal() == from.Reveal() {
			a.Secrets[i].Hash = to
			return true, nil
		}
	}
	return false, nil
}

func (x applications) Bearer(_ context.Context, q module.BearerQuery) (b module.Bearer, err error) {
	ids := append(slices.Clone(q.Ancestors), q.TokenID)
	if len(ids) > tokenIDs || checkText(append(ids, q.ClientID)...) != nil {
		return b, nil // nobody has such a token
	}
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	if a := x.gateway.byClientID(q.ClientID); a != nil {
		b.Application = &module.Application{
			ID: a.ID, ClientID: a.ClientID, Name: a.Name, Active: a.Active,
			Scopes: slices.Clone(a.Scopes), Addresses: slices.Clone(a.Addresses),
		}
	}
	if u := x.gateway.users[q.User]; u != nil {
		account := u.Account
		b.Account = &account
	}
	b.Revoked = slices.ContainsFunc(ids, func(id string) bool { return x.gateway.revoked[id] })
	return b, nil
}

func (x applications) RevokeToken(_ context.Context, tokenID string, _ time.Time) error {
	if err := checkText(tokenID); err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	x.gateway.revoked[tokenID] = true
	return nil
}

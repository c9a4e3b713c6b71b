package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/module"
	"foyer/core/module/conf"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// Applications calls the gateway.
func (h *remoteHost) Applications() module.Applications {
	return remoteApplications{hostv1.NewApplicationsClient(h.conn)}
}

type remoteApplications struct{ c hostv1.ApplicationsClient }

func applicationOf(w *hostv1.Application) (module.Application, error) {
	id, err := uuid.Parse(w.GetId())
	if err != nil {
		return module.Application{}, fmt.Errorf("read application of the host: %w", err)
	}
	a := module.Application{
		ID: id, ClientID: w.GetClientId(), Name: w.GetName(), Active: w.GetActive(), Scopes: w.GetScopes(),
		Domains: w.GetDomains(), RequireDomains: w.GetRequireDomains(), Addresses: w.GetAddresses(),
	}
	for _, s := range w.GetSecrets() {
		if id, err = uuid.Parse(s.GetId()); err != nil {
			return module.Application{}, fmt.Errorf("read secret of the host: %w", err)
		}
		a.Secrets = append(a.Secrets, module.ApplicationSecret{
			ID: id, Hash: conf.NewSecret(s.GetHash()), ExpiresAt: timeOf(s.GetExpiresAt()),
		})
	}
	for _, k := range w.GetKeys() {
		if id, err = uuid.Parse(k.GetId()); err != nil {
			return module.Application{}, fmt.Errorf("read key of the host: %w", err)
		}
		a.Keys = append(a.Keys, module.ApplicationKey{ID: id, JWK: k.GetJwk(), ExpiresAt: timeOf(k.GetExpiresAt())})
	}
	return a, nil
}

// ByClientID is module.Applications.
func (r remoteApplications) ByClientID(ctx context.Context, clientID string) (module.Application, error) {
	w, err := r.c.ByClientID(ctx, &hostv1.ApplicationByClientIDRequest{ClientId: wireText(clientID)})
	if err != nil {
		return module.Application{}, fromStatus(err)
	}
	return applicationOf(w)
}

// MostRounds is module.Applications.
func (r remoteApplications) MostRounds(ctx context.Context) (int, error) {
	out, err := r.c.MostRounds(ctx, &hostv1.MostRoundsRequest{})
	return int(out.GetRounds()), fromStatus(err)
}

// RenewSecret is module.Applications.
func (r remoteApplications) RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to conf.Secret) (bool, error) {
	out, err := r.c.RenewSecret(ctx, &hostv1.RenewSecretRequest{
		ApplicationId: application.String(), SecretId: secret.String(), From: from.Reveal(), To: to.Reveal(),
	})
	return out.GetRenewed(), fromStatus(err)
}

// Bearer is module.Applications.
func (r remoteApplications) Bearer(ctx context.Context, q module.BearerQuery) (module.Bearer, error) {
	out, err := r.c.Bearer(ctx, &hostv1.BearerRequest{ClientId: wireText(q.ClientID), UserId: q.User.String(), TokenId: wireText(q.TokenID)})
	if err != nil {
		return module.Bearer{}, fromStatus(err)
	}
	b := module.Bearer{Revoked: out.GetRevoked()}
	if w := out.GetApplication(); w != nil {
		a, err := applicationOf(w)
		if err != nil {
			return module.Bearer{}, err
		}
		b.Application = &a
	}
	if w := out.GetAccount(); w != nil {
		a, err := accountOf(w, nil)
		if err != nil {
			return module.Bearer{}, err
		}
		b.Account = &a
	}
	return b, nil
}

// RevokeToken is module.Applications.
func (r remoteApplications) RevokeToken(ctx context.Context, tokenID string, until time.Time) error {
	_, err := r.c.RevokeToken(ctx, &hostv1.RevokeTokenRequest{TokenId: tokenID, Until: wireTime(until)})
	return fromStatus(err)
}

// Record is module.Applications.
func (r remoteApplications) Record(ctx context.Context, entries ...module.AuditEntry) error {
	in := &hostv1.RecordRequest{}
	for _, e := range entries {
		in.Entries = append(in.Entries, &hostv1.AuditEntry{
			At: wireTime(e.At), Action: e.Action, Outcome: e.Outcome, ClientId: wireText(e.ClientID),
			ApplicationId: e.Application.String(), UserId: e.User.String(), Email: wireText(e.Email), Object: wireText(e.Object),
			TokenId: wireText(e.TokenID), Address: e.Address, RequestId: wireText(e.RequestID),
		})
	}
	_, err := r.c.Record(ctx, in)
	return fromStatus(err)
}

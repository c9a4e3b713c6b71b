package plugin

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/core/module"
	"foyer/core/module/conf"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type applicationsServer struct {
	hostv1.UnimplementedApplicationsServer
	host module.Host
}

// wireTime is absent for the zero time.
func wireTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// timeOf reads wireTime back.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// optionalID reads a UUID that may be absent.
func optionalID(text string) (uuid.UUID, error) {
	if text == "" {
		return uuid.Nil, nil
	}
	return parseID(text)
}

func wireApplication(a module.Application) *hostv1.Application {
	w := &hostv1.Application{
		Id: a.ID.String(), ClientId: a.ClientID, Name: a.Name, Active: a.Active, Scopes: a.Scopes,
		Domains: a.Domains, RequireDomains: a.RequireDomains, Addresses: a.Addresses,
	}
	for _, s := range a.Secrets {
		w.Secrets = append(w.Secrets, &hostv1.ApplicationSecret{
			Id: s.ID.String(), Hash: s.Hash.Reveal(), ExpiresAt: wireTime(s.ExpiresAt),
		})
	}
	for _, k := range a.Keys {
		w.Keys = append(w.Keys, &hostv1.ApplicationKey{Id: k.ID.String(), Jwk: k.JWK, ExpiresAt: wireTime(k.ExpiresAt)})
	}
	return w
}

// ByClientID serves Applications.ByClientID.
func (s applicationsServer) ByClientID(ctx context.Context, in *hostv1.ApplicationByClientIDRequest) (*hostv1.Application, error) {
	a, err := s.host.Applications().ByClientID(ctx, in.GetClientId())
	if err != nil {
		return nil, toStatus(err)
	}
	return wireApplication(a), nil
}

// MostRounds serves Applications.MostRounds.
func (s applicationsServer) MostRounds(ctx context.Context, _ *hostv1.MostRoundsRequest) (*hostv1.MostRoundsResponse, error) {
	n, err := s.host.Applications().MostRounds(ctx)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.MostRoundsResponse{Rounds: int64(n)}, nil
}

// RenewSecret serves Applications.RenewSecret.
func (s applicationsServer) RenewSecret(ctx context.Context, in *hostv1.RenewSecretRequest) (*hostv1.RenewSecretResponse, error) {
	application, err := parseID(in.GetApplicationId())
	if err != nil {
		return nil, err
	}
	secret, err := parseID(in.GetSecretId())
	if err != nil {
		return nil, err
	}
	done, err := s.host.Applications().RenewSecret(ctx, application, secret, conf.NewSecret(in.GetFrom()), conf.NewSecret(in.GetTo()))
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RenewSecretResponse{Renewed: done}, nil
}

// Bearer serves Applications.Bearer.
func (s applicationsServer) Bearer(ctx context.Context, in *hostv1.BearerRequest) (*hostv1.BearerResponse, error) {
	user, err := optionalID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	b, err := s.host.Applications().Bearer(ctx, module.BearerQuery{ClientID: in.GetClientId(), User: user, TokenID: in.GetTokenId()})
	if err != nil {
		return nil, toStatus(err)
	}
	out := &hostv1.BearerResponse{Revoked: b.Revoked}
	if b.Application != nil {
		out.Application = wireApplication(*b.Application)
	}
	if b.Account != nil {
		out.Account = wireAccount(*b.Account)
	}
	return out, nil
}

// RevokeToken serves Applications.RevokeToken.
func (s applicationsServer) RevokeToken(ctx context.Context, in *hostv1.RevokeTokenRequest) (*hostv1.RevokeTokenResponse, error) {
	if err := s.host.Applications().RevokeToken(ctx, in.GetTokenId(), timeOf(in.GetUntil())); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RevokeTokenResponse{}, nil
}

// Record serves Applications.Record.
func (s applicationsServer) Record(ctx context.Context, in *hostv1.RecordRequest) (*hostv1.RecordResponse, error) {
	entries := make([]module.AuditEntry, 0, len(in.GetEntries()))
	for _, w := range in.GetEntries() {
		application, err := optionalID(w.GetApplicationId())
		if err != nil {
			return nil, err
		}
		user, err := optionalID(w.GetUserId())
		if err != nil {
			return nil, err
		}
		entries = append(entries, module.AuditEntry{
			At: timeOf(w.GetAt()), Action: w.GetAction(), Outcome: w.GetOutcome(), ClientID: w.GetClientId(),
			Application: application, User: user, Email: w.GetEmail(), Object: w.GetObject(), TokenID: w.GetTokenId(),
			Address: w.GetAddress(), RequestID: w.GetRequestId(),
		})
	}
	if err := s.host.Applications().Record(ctx, entries...); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordResponse{}, nil
}

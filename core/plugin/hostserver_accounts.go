package plugin

import (
	"context"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type accountsServer struct {
	hostv1.UnimplementedAccountsServer
	host module.Host
}

func wireUser(u module.User) *hostv1.User {
	return &hostv1.User{
		Id: u.ID.String(), Sub: u.Sub, Email: u.Email, FullName: u.FullName, Language: u.Language, Timezone: u.Timezone,
	}
}

func wireAccount(a module.Account) *hostv1.Account {
	return &hostv1.Account{User: wireUser(a.User), Active: a.Active}
}

func account(a module.Account, err error) (*hostv1.Account, error) {
	if err != nil {
		return nil, toStatus(err)
	}
	return wireAccount(a), nil
}

// ByID serves Accounts.ByID.
func (s accountsServer) ByID(ctx context.Context, in *hostv1.AccountByIDRequest) (*hostv1.Account, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	return account(s.host.Accounts().ByID(ctx, id))
}

// ByEmail serves Accounts.ByEmail.
func (s accountsServer) ByEmail(ctx context.Context, in *hostv1.AccountByEmailRequest) (*hostv1.AccountsResponse, error) {
	list, err := s.host.Accounts().ByEmail(ctx, in.GetEmail())
	if err != nil {
		return nil, toStatus(err)
	}
	out := &hostv1.AccountsResponse{}
	for _, a := range list {
		out.Accounts = append(out.Accounts, wireAccount(a))
	}
	return out, nil
}

// BySub serves Accounts.BySub.
func (s accountsServer) BySub(ctx context.Context, in *hostv1.AccountBySubRequest) (*hostv1.Account, error) {
	return account(s.host.Accounts().BySub(ctx, in.GetSub()))
}

// CreateProvisional serves Accounts.CreateProvisional.
func (s accountsServer) CreateProvisional(ctx context.Context, in *hostv1.CreateProvisionalRequest) (*hostv1.Account, error) {
	return account(s.host.Accounts().CreateProvisional(ctx, in.GetEmail()))
}

// CreateWithSub serves Accounts.CreateWithSub.
func (s accountsServer) CreateWithSub(ctx context.Context, in *hostv1.CreateWithSubRequest) (*hostv1.Account, error) {
	return account(s.host.Accounts().CreateWithSub(ctx, in.GetSub()))
}

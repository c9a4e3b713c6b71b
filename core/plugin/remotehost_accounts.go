package plugin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// Accounts calls the gateway.
func (h *remoteHost) Accounts() module.Accounts {
	return remoteAccounts{hostv1.NewAccountsClient(h.conn)}
}

type remoteAccounts struct{ c hostv1.AccountsClient }

func userOf(u *hostv1.User) (module.User, error) {
	id, err := uuid.Parse(u.GetId())
	if err != nil {
		return module.User{}, fmt.Errorf("read user of the host: %w", err)
	}
	return module.User{
		ID: id, Sub: u.GetSub(), Email: u.GetEmail(), FullName: u.GetFullName(),
		Language: u.GetLanguage(), Timezone: u.GetTimezone(),
	}, nil
}

func accountOf(a *hostv1.Account, err error) (module.Account, error) {
	if err != nil {
		return module.Account{}, fromStatus(err)
	}
	u, err := userOf(a.GetUser())
	return module.Account{User: u, Active: a.GetActive()}, err
}

// ByID is module.Accounts.
func (r remoteAccounts) ByID(ctx context.Context, id uuid.UUID) (module.Account, error) {
	return accountOf(r.c.ByID(ctx, &hostv1.AccountByIDRequest{Id: id.String()}))
}

// ByEmail is module.Accounts.
func (r remoteAccounts) ByEmail(ctx context.Context, email string) ([]module.Account, error) {
	out, err := r.c.ByEmail(ctx, &hostv1.AccountByEmailRequest{Email: wireText(email)})
	if err != nil {
		return nil, fromStatus(err)
	}
	var list []module.Account
	for _, w := range out.GetAccounts() {
		a, err := accountOf(w, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// BySub is module.Accounts.
func (r remoteAccounts) BySub(ctx context.Context, sub string) (module.Account, error) {
	return accountOf(r.c.BySub(ctx, &hostv1.AccountBySubRequest{Sub: wireText(sub)}))
}

// CreateProvisional is module.Accounts.
func (r remoteAccounts) CreateProvisional(ctx context.Context, email string) (module.Account, error) {
	return accountOf(r.c.CreateProvisional(ctx, &hostv1.CreateProvisionalRequest{Email: wireText(email)}))
}

// CreateWithSub is module.Accounts.
func (r remoteAccounts) CreateWithSub(ctx context.Context, sub string) (module.Account, error) {
	return accountOf(r.c.CreateWithSub(ctx, &hostv1.CreateWithSubRequest{Sub: wireText(sub)}))
}

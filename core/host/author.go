package host

import (
	"context"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// authoredRooms names the module on whose behalf rooms are changed.
type authoredRooms struct {
	module.RoomWrites
	name string
}

func (r authoredRooms) as(ctx context.Context, user, application uuid.UUID) context.Context {
	return module.WithAuthor(ctx, module.Author{Module: r.name, User: user, Application: application})
}

func (r authoredRooms) Create(ctx context.Context, n module.NewRoom) (module.OwnedRoom, error) {
	return r.RoomWrites.Create(r.as(ctx, n.Owner, n.Application), n)
}

func (r authoredRooms) Update(ctx context.Context, room, user uuid.UUID, c module.RoomChange) (module.OwnedRoom, error) {
	return r.RoomWrites.Update(r.as(ctx, user, uuid.Nil), room, user, c)
}

func (r authoredRooms) Delete(ctx context.Context, room uuid.UUID, ifUpdatedAt *time.Time) error {
	return r.RoomWrites.Delete(r.as(ctx, uuid.Nil, uuid.Nil), room, ifUpdatedAt)
}

// authoredAccounts names the module that makes accounts.
type authoredAccounts struct {
	module.Accounts
	name string
}

func (a authoredAccounts) as(ctx context.Context) context.Context {
	return module.WithAuthor(ctx, module.Author{Module: a.name})
}

func (a authoredAccounts) CreateProvisional(ctx context.Context, email string) (module.Account, error) {
	return a.Accounts.CreateProvisional(a.as(ctx), email)
}

func (a authoredAccounts) CreateWithSub(ctx context.Context, sub string) (module.Account, error) {
	return a.Accounts.CreateWithSub(a.as(ctx), sub)
}

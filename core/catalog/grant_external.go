package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"

	"foyer/core/module"
	"foyer/core/module/conf"
)

// Applications is module.Host.
func (g granted) Applications() module.Applications {
	if g.needs.Applications {
		return g.host.Applications()
	}
	return refusedApplications{}
}

// Accounts is module.Host.
func (g granted) Accounts() module.Accounts {
	if g.needs.Accounts {
		return g.host.Accounts()
	}
	return refusedAccounts{}
}

// RoomWrites is module.Host.
func (g granted) RoomWrites() module.RoomWrites {
	if g.needs.RoomWrites {
		return g.host.RoomWrites()
	}
	return refusedRoomWrites{}
}

// Throttle is module.Host.
func (g granted) Throttle() module.Throttle {
	if g.needs.Throttle {
		return g.host.Throttle()
	}
	return refusedThrottle{}
}

type refusedThrottle struct{}

func (refusedThrottle) Allow(context.Context, string, string) (time.Duration, error) {
	return 0, module.ErrNotGranted
}

type refusedApplications struct{}

func (refusedApplications) ByClientID(context.Context, string) (module.Application, error) {
	return module.Application{}, module.ErrNotGranted
}
func (refusedApplications) MostRounds(context.Context) (int, error) { return 0, module.ErrNotGranted }
func (refusedApplications) RenewSecret(context.Context, uuid.UUID, uuid.UUID, conf.Secret, conf.Secret) (bool, error) {
	return false, module.ErrNotGranted
}
func (refusedApplications) Bearer(context.Context, module.BearerQuery) (module.Bearer, error) {
	return module.Bearer{}, module.ErrNotGranted
}
func (refusedApplications) RevokeToken(context.Context, string, time.Time) error {
	return module.ErrNotGranted
}
func (refusedApplications) Record(context.Context, ...module.AuditEntry) error {
	return module.ErrNotGranted
}

type refusedAccounts struct{}

func (refusedAccounts) ByID(context.Context, uuid.UUID) (module.Account, error) {
	return module.Account{}, module.ErrNotGranted
}
func (refusedAccounts) ByEmail(context.Context, string) ([]module.Account, error) {
	return nil, module.ErrNotGranted
}
func (refusedAccounts) BySub(context.Context, string) (module.Account, error) {
	return module.Account{}, module.ErrNotGranted
}
func (refusedAccounts) CreateProvisional(context.Context, string) (module.Account, error) {
	return module.Account{}, module.ErrNotGranted
}
func (refusedAccounts) CreateWithSub(context.Context, string) (module.Account, error) {
	return module.Account{}, module.ErrNotGranted
}

type refusedRoomWrites struct{}

func (refusedRoomWrites) Find(context.Context, string, uuid.UUID) (module.OwnedRoom, error) {
	return module.OwnedRoom{}, module.ErrNotGranted
}
func (refusedRoomWrites) List(context.Context, module.RoomQuery) (module.RoomPage, error) {
	return module.RoomPage{}, module.ErrNotGranted
}
func (refusedRoomWrites) Create(context.Context, module.NewRoom) (module.OwnedRoom, error) {
	return module.OwnedRoom{}, module.ErrNotGranted
}
func (refusedRoomWrites) Update(context.Context, uuid.UUID, uuid.UUID, module.RoomChange) (module.OwnedRoom, error) {
	return module.OwnedRoom{}, module.ErrNotGranted
}
func (refusedRoomWrites) Delete(context.Context, uuid.UUID, *time.Time) error {
	return module.ErrNotGranted
}
func (refusedRoomWrites) EndMeeting(context.Context, uuid.UUID) error { return module.ErrNotGranted }

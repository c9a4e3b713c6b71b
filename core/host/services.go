package host

import (
	"context"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel"

	"foyer/flags"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// Of returns what each module has of its own, such as its jobs.
type Of[T any] interface {
	For(moduleName string) T
}

// UserFlags evaluates flags for one user; *flags.Gates is one.
type UserFlags interface {
	Enabled(ctx context.Context, key flags.Key, userID string) bool
}

// Services are what the gateway offers modules. Using one that is nil fails with
// module.ErrUnsupported.
type Services struct {
	hostapi.Parts // shared by every module; Log is the gateway's

	Jobs       Of[module.Jobs]
	KV         Of[module.KV]
	Documents  Of[module.Documents]
	Recordings Of[module.Recordings]
	Mail       Of[module.Mail]
	Throttle   Of[module.Throttle]
	Flags      UserFlags
}

// Host returns every service for the module of that name. hostapi.Grant narrows
// it.
func (s Services) Host(name string) module.Host {
	p := s.Parts
	p.Jobs, p.KV, p.Documents, p.Recordings = of(s.Jobs, name), of(s.KV, name), of(s.Documents, name), of(s.Recordings, name)
	p.Mail, p.Throttle = of(s.Mail, name), of(s.Throttle, name)
	if p.RoomWrites != nil {
		p.RoomWrites = authoredRooms{p.RoomWrites, name}
	}
	if p.Accounts != nil {
		p.Accounts = authoredAccounts{p.Accounts, name}
	}
	if s.Flags != nil {
		p.Flags = userFlags{s.Flags}
	}
	p.Log, p.Tracer = s.Log.With("module", name), otel.Tracer("foyer/modules/"+name)
	return p.Host()
}

func of[T any](all Of[T], name string) (one T) {
	if all != nil {
		one = all.For(name)
	}
	return one
}

type userFlags struct{ flags UserFlags }

func (u userFlags) Enabled(ctx context.Context, key flags.Key, user uuid.UUID) bool {
	return u.flags.Enabled(ctx, key, user.String())
}

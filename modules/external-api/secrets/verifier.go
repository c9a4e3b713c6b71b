package secrets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"foyer/core/legacy/credential"
	"foyer/modules/external-api/gather"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Scope is the throttle for secrets that this process has not seen yet and that are
// expensive to check, by client id and address: guessing from elsewhere locks nobody
// out.
const Scope = "external_token_client"

// cheap is the work, in rounds, that is not worth counting.
const cheap = 8 * credential.FewRounds

// Errors returned by Check.
var (
	// ErrWrong means no such application, or a wrong secret; callers cannot tell which.
	ErrWrong = errors.New("invalid credentials")
	// ErrBusy: too many checks are under way.
	ErrBusy = errors.New("too many secrets are being checked")
)

// ThrottledError means that too many unknown secrets were tried for a client id from one
// address. Wait is how long to wait before the next try.
type ThrottledError struct{ Wait time.Duration }

// Error includes the wait.
func (e *ThrottledError) Error() string { return fmt.Sprintf("throttled for %s", e.Wait) }

// Directory stores the hashes; module.Applications implements it.
type Directory interface {
	MostRounds(ctx context.Context) (int, error)
	RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to conf.Secret) (bool, error)
}

// Options are the verifier's dependencies and settings.
type Options struct {
	Directory Directory
	Throttle  module.Throttle
	Log       *slog.Logger
}

// Verifier checks secrets.
type Verifier struct {
	o      Options
	warm   *warm
	checks gather.Group[fingerprint, uuid.UUID]
	turns  *turns
	work   work
}

// New returns a verifier that has not seen any secret yet.
func New(o Options) *Verifier {
	return &Verifier{o: o, warm: newWarm(), turns: newTurns()}
}

// Check returns the id of the application's matching secret; app is nil if the client id
// is unknown. The error is ErrWrong, ErrBusy, a *ThrottledError, or a failure.
func (v *Verifier) Check(ctx context.Context, clientID string, app *module.Application, secret string) (uuid.UUID, error) {
	if id, ok := v.seen(app, secret); ok {
		return id, nil
	}
	// Concurrent requests with the same secret cost one check.
	return v.checks.Do(ctx, v.warm.of(clientID, module.CallerFrom(ctx).Address, secret), func(ctx context.Context) (uuid.UUID, error) {
		if id, ok := v.seen(app, secret); ok {
			return id, nil
		}
		return v.derive(ctx, clientID, app, secret)
	})
}

// seen looks for a live secret that matched before.
func (v *Verifier) seen(app *module.Application, secret string) (uuid.UUID, bool) {
	if app == nil {
		return uuid.Nil, false
	}
	for _, s := range app.Secrets {
		if v.warm.has(v.warm.of(s.Hash.Reveal(), secret)) {
			return s.ID, true
		}
	}
	return uuid.Nil, false
}

// derive does the work, all of it unless the secret is right. Cheap hashes come first
// and are not counted: a client with the right secret for one gets in, however many
// others are guessing.
func (v *Verifier) derive(ctx context.Context, clientID string, app *module.Application, secret string) (uuid.UUID, error) {
	most, err := v.work.most(ctx, v.o.Directory)
	if err != nil {
		return uuid.Nil, err
	}
	id, spent := v.match(ctx, app, secret, func(rounds int) bool { return rounds <= credential.FewRounds })
	if id != uuid.Nil {
		return id, nil
	}
	if spent == 0 { // unknown applications cost as much
		spent = min(most, credential.FewRounds)
		credential.Spend(secret, spent)
	}
	if most > cheap {
		if err := v.count(ctx, clientID); err != nil {
			return uuid.Nil, err
		}
	}
	leave, err := v.enter(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	defer leave()
	id, more := v.match(ctx, app, secret, func(rounds int) bool { return rounds > credential.FewRounds })
	if id != uuid.Nil {
		return id, nil
	}
	spent += more
	v.work.atLeast(spent)
	credential.Spend(secret, most-spent)
	return uuid.Nil, ErrWrong
}

// match looks for the secret among the hashes whose rounds are wanted, and returns how
// many rounds that took.
func (v *Verifier) match(ctx context.Context, app *module.Application, secret string, wanted func(rounds int) bool) (id uuid.UUID, spent int) {
	if app == nil {
		return uuid.Nil, 0
	}
	for _, s := range app.Secrets {
		h, err := credential.Parse(s.Hash.Reveal())
		if err != nil || !wanted(h.Rounds()) {
			continue
		}
		spent += h.Rounds()
		if h.Matches(secret) {
			v.remember(ctx, app, s, h, secret)
			return s.ID, spent
		}
	}
	return uuid.Nil, spent
}

// count counts an attempt that is expensive to check.
func (v *Verifier) count(ctx context.Context, clientID string) error {
	wait, err := v.o.Throttle.Allow(ctx, Scope, clientID+" "+module.CallerFrom(ctx).Address)
	if err != nil {
		return fmt.Errorf("count a secret: %w", err)
	}
	if wait > 0 {
		return &ThrottledError{wait}
	}
	return nil
}

// enter waits for the turn of the caller's network.
func (v *Verifier) enter(ctx context.Context) (leave func(), err error) {
	from := module.CallerFrom(ctx).Network()
	return v.turns.enter(ctx, from, v.warm.has(v.warm.of(proven, from)))
}

// proven prefixes the fingerprint of a network that has sent a correct secret.
const proven = "a secret was right from"

// remember makes the next check cheap: in this process through a fingerprint and, unless
// the stored hash is already cheap, everywhere through a new hash of few rounds. The
// replaced server can check that hash too.
func (v *Verifier) remember(ctx context.Context, app *module.Application, s module.ApplicationSecret, h credential.Hash, secret string) {
	v.warm.add(v.warm.of(s.Hash.Reveal(), secret))
	v.warm.add(v.warm.of(proven, module.CallerFrom(ctx).Network()))
	rounds := credential.RoundsFor(secret)
	if h.Rounds() <= rounds {
		return
	}
	fresh, err := credential.Make(secret, rounds)
	if err == nil {
		v.warm.add(v.warm.of(fresh, secret)) // before it is stored: others may read it at once
		_, err = v.o.Directory.RenewSecret(ctx, app.ID, s.ID, s.Hash, conf.NewSecret(fresh))
	}
	if err != nil {
		v.o.Log.WarnContext(ctx, "hash of an application not renewed", "application", app.ID, "error", err)
		return
	}
	v.work.forget()
	v.o.Log.InfoContext(ctx, "hash of an application renewed", "application", app.ID, "rounds", rounds)
}

package process

import (
	"context"
	"errors"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"foyer/sdk/hostapi"
)

// Patience says how long a process may be silent; zero fields have the
// defaults.
type Patience struct {
	Probe  time.Duration // between two looks whether it lives
	Reply  time.Duration // for its answer to one
	Misses int           // looks in a row without an answer, after which it hangs
	Answer time.Duration // until an answer begins, once the process can go on with the request
}

// DefaultPatience notices within fifteen seconds a process that hangs. Looks are
// counted, not only time: after a stop of the gateway itself the first one is
// late, and the next one is not.
func DefaultPatience() Patience {
	return Patience{Probe: 2 * time.Second, Reply: 4 * time.Second, Misses: 3, Answer: time.Minute}
}

func (p Patience) orDefaults() Patience {
	d := DefaultPatience()
	for _, x := range []struct{ v, def *time.Duration }{{&p.Probe, &d.Probe}, {&p.Reply, &d.Reply}, {&p.Answer, &d.Answer}} {
		if *x.v == 0 {
			*x.v = *x.def
		}
	}
	if p.Misses == 0 {
		p.Misses = d.Misses
	}
	return p
}

// last is the patience with a process that has to end, or whose gateway has to:
// two seconds.
var last = Patience{Probe: 100 * time.Millisecond, Reply: 900 * time.Millisecond, Misses: 2}

// ErrHung tells that the process did not answer.
var ErrHung = errors.New("the process did not answer, and was killed")

// farewell is how much later than its connection a process may be seen to end.
const farewell = 100 * time.Millisecond

// Hurry has the process be looked after with little patience from now on: it, or
// its gateway, is about to end.
func (p *Process) Hurry() { p.hurry() }

// watch looks after the process until it ends: one that hangs is killed, and
// requests that it took and does not answer are given up.
func (p *Process) watch(ctx context.Context) {
	patience, hurried := p.opts.Patience, p.calm.Done()
	pause := patience.Probe
	for misses := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-p.child.exited:
			return
		case <-hurried:
			patience.Probe, patience.Reply, patience.Misses = last.Probe, last.Reply, last.Misses
			pause, hurried = 0, nil
			continue
		case <-time.After(pause):
		}
		p.proxy.relay.Expire(patience.Answer)
		err := p.look(ctx, patience.Reply, hurried)
		if err == nil {
			misses, pause = 0, patience.Probe
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-p.child.exited:
			return
		case <-hurried: // it had less time than it may take
			continue
		case <-time.After(farewell):
		}
		misses, pause = misses+1, patience.Probe/4
		p.opts.Log.WarnContext(ctx, "module process does not answer", "looks", misses, "of", patience.Misses, "error", err)
		if misses >= patience.Misses {
			p.hung.Store(true)
			_ = p.child.kill()
			return
		}
	}
}

// look asks for a sign of life until hurried is closed.
func (p *Process) look(ctx context.Context, within time.Duration, hurried <-chan struct{}) error {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	if hurried != nil {
		defer context.AfterFunc(p.calm, stop)()
	}
	return p.alive(ctx)
}

// Alive asks the process for a sign of life. A module that is busy gives one.
func (p *Process) Alive(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, p.opts.Reply)
	defer stop()
	return p.alive(ctx)
}

func (p *Process) alive(ctx context.Context) error {
	_, err := p.link.health.Check(ctx, &healthpb.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	return hostapi.FromStatus(err)
}

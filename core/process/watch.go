package process

import (
	"context"
	"errors"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"foyer/sdk/hostapi"
)

// Patience is how long a process may be silent; zero fields take the defaults.
type Patience struct {
	Probe  time.Duration // between two probes
	Reply  time.Duration // for the answer to a probe
	Misses int           // unanswered probes in a row after which it counts as hanging
	Answer time.Duration // until an answer begins, once the process has what it needs of the request
}

// DefaultPatience notices a hanging process within fifteen seconds. Probes are
// counted, rather than only time: after a pause of the gateway itself the first
// one is late, and the next is not.
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

// last is the patience, two seconds, with a process that must end, or whose
// gateway must.
var last = Patience{Probe: 100 * time.Millisecond, Reply: 900 * time.Millisecond, Misses: 2}

// ErrHung means that the process did not answer and was killed.
var ErrHung = errors.New("the process did not answer, and was killed")

// farewell is how much later than its connection's end that of a process may be
// seen.
const farewell = 100 * time.Millisecond

// Hurry makes the process be watched with little patience from now on: it, or its
// gateway, is about to end.
func (p *Process) Hurry() { p.hurry() }

// watch watches the process until it ends: if it hangs it is killed, and requests
// that it took but does not answer are given up.
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
		case <-hurried: // it had less time than it is allowed
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

// look waits for a sign of life until hurried is closed.
func (p *Process) look(ctx context.Context, within time.Duration, hurried <-chan struct{}) error {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	if hurried != nil {
		defer context.AfterFunc(p.calm, stop)()
	}
	return p.alive(ctx)
}

// Alive asks the process for a sign of life. A busy module still gives one.
func (p *Process) Alive(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, p.opts.Reply)
	defer stop()
	return p.alive(ctx)
}

func (p *Process) alive(ctx context.Context) error {
	_, err := p.link.Health.Check(ctx, &healthpb.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	return hostapi.FromStatus(err)
}

package catalog

import (
	"math/rand/v2"
	"time"

	"foyer/core/plugin"
)

// Policy says how patient a supervisor is; zero fields have the defaults of
// DefaultPolicy.
type Policy struct {
	FirstDelay time.Duration // before the first restart; doubles with each one
	MaxDelay   time.Duration
	Failures   int           // failed starts and crashes in Window until a module is given up
	Window     time.Duration // a module that ran this long starts afresh
	Launch     time.Duration // time for a process to answer
	Start      time.Duration // time for a start
	Drain      time.Duration // time for running requests to end before a stop
	Stop       time.Duration // time for a stop
}

// DefaultPolicy gives up a module that fails six times in two minutes.
func DefaultPolicy() Policy {
	return Policy{
		FirstDelay: 200 * time.Millisecond, MaxDelay: 30 * time.Second, Failures: 6, Window: 2 * time.Minute,
		Launch: plugin.DefaultLaunch, Start: 30 * time.Second, Drain: 10 * time.Second, Stop: 10 * time.Second,
	}
}

func (p Policy) orDefaults() Policy {
	d := DefaultPolicy()
	for _, x := range []struct{ v, def *time.Duration }{
		{&p.FirstDelay, &d.FirstDelay}, {&p.MaxDelay, &d.MaxDelay}, {&p.Window, &d.Window},
		{&p.Start, &d.Start}, {&p.Launch, &d.Launch}, {&p.Drain, &d.Drain}, {&p.Stop, &d.Stop},
	} {
		if *x.v == 0 {
			*x.v = *x.def
		}
	}
	if p.Failures == 0 {
		p.Failures = d.Failures
	}
	return p
}

// delay before the restart that follows the n-th failure, with up to a quarter
// of it more, so that several modules do not restart in step.
func (p Policy) delay(n int) time.Duration {
	d := p.MaxDelay
	if shift := n - 1; shift < 16 {
		d = min(d, p.FirstDelay<<shift)
	}
	return d + rand.N(d/4+1)
}

// failures are the moments of recent failures.
type failures []time.Time

// add notes one more, forgets those before the window, and tells how many are
// left.
func (f *failures) add(now time.Time, window time.Duration) int {
	kept := (*f)[:0]
	for _, t := range *f {
		if now.Sub(t) < window {
			kept = append(kept, t)
		}
	}
	*f = append(kept, now)
	return len(*f)
}

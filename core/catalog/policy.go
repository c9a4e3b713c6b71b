package catalog

import (
	"math/rand/v2"
	"time"

	"foyer/core/process"
)

// Policy is how patient a supervisor is; zero fields take the values of
// DefaultPolicy.
type Policy struct {
	FirstDelay time.Duration // before the restart of a module that ran well
	MaxDelay   time.Duration // before the restart of one that keeps failing
	Hold       time.Duration // how long a request waits for a restart
	Loud       int           // failures in a row after which the log calls it an error
	Well       time.Duration // a module that ran this long starts with a clean record
	Launch     time.Duration // time for a process to answer
	Start      time.Duration // time for a start
	Drain      time.Duration // time for running requests to end before a stop
	Stop       time.Duration // time for a stop
	Patience   process.Patience
}

// DefaultPolicy brings a killed module back within a second, and retries one that
// keeps failing twice a minute, indefinitely.
func DefaultPolicy() Policy {
	return Policy{
		FirstDelay: 100 * time.Millisecond, MaxDelay: 30 * time.Second, Hold: 3 * time.Second, Loud: 4, Well: 2 * time.Minute,
		Launch: process.DefaultLaunch, Start: 30 * time.Second, Drain: 10 * time.Second, Stop: 10 * time.Second,
		Patience: process.DefaultPatience(),
	}
}

func (p Policy) orDefaults() Policy {
	d := DefaultPolicy()
	for _, x := range []struct{ v, def *time.Duration }{
		{&p.FirstDelay, &d.FirstDelay}, {&p.MaxDelay, &d.MaxDelay}, {&p.Hold, &d.Hold}, {&p.Well, &d.Well},
		{&p.Start, &d.Start}, {&p.Launch, &d.Launch}, {&p.Drain, &d.Drain}, {&p.Stop, &d.Stop},
	} {
		if *x.v == 0 {
			*x.v = *x.def
		}
	}
	if p.Loud == 0 {
		p.Loud = d.Loud
	}
	return p
}

// failures are those of one module, as far as they matter to its next start.
type failures struct {
	inARow int
	delay  time.Duration // before the start that followed the last one
}

// add records a failure after a run of length ran and returns how long to wait.
// The delay doubles, less half the length of the run, so a module that works for
// a while each time is soon back. A module killed from outside did nothing wrong
// and is restarted at once, however often.
func (f *failures) add(ran time.Duration, killed bool, p Policy) time.Duration {
	if ran >= p.Well {
		*f = failures{}
	}
	f.inARow++
	if killed {
		f.delay = p.FirstDelay
		return f.delay
	}
	f.delay = min(max(2*f.delay-ran/2, p.FirstDelay), p.MaxDelay)
	return f.delay
}

// jittered adds up to a quarter, so that modules do not restart in lockstep.
func jittered(d time.Duration) time.Duration { return d + rand.N(d/4+1) }

package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/summarydev"
)

// rage kills the gateway at random moments as long as there are meetings, and in between
// makes everything around it fail, one thing after another.
func (c *chaos) rage(ctx context.Context, done <-chan struct{}) {
	c.Helper()
	c.summary.Behave(summarydev.Fail)
	c.post.Down()
	faults := c.faults(ctx)
	over := false
	for round := 0; !over || round < c.leastKills(); round++ {
		time.Sleep(pause(round))
		if round < len(faults) && faults[round] != nil {
			faults[round]()
		}
		c.kill()
		select {
		case <-done:
			over = true
		default:
		}
	}
}

// leastKills is the minimum number of kills. Every fault has happened, and been mended, by
// the eleventh.
func (c *chaos) leastKills() int { return max(11, c.size/10) }

// pause returns how long a gateway lives. Most do not live long; every eighth has time
// to take over what the dead have left, some 20 s.
func pause(round int) time.Duration {
	if round%8 == 7 {
		return 25*time.Second + rand.N(10*time.Second)
	}
	return 200*time.Millisecond + rand.N(4*time.Second)
}

// faults returns the faults other than kills, by the number of the kill they precede.
func (c *chaos) faults(ctx context.Context) []func() {
	behave := func(m summarydev.Mode) func() {
		return func() {
			if c.forgetful && (m == summarydev.Drop || m == summarydev.Stall) {
				m = summarydev.Fail // otherwise it would receive repeats that no kill explains
			}
			c.summary.Behave(m)
		}
	}
	return []func(){
		1: c.bucket.Down,
		2: func() { require.NoError(c, c.bucket.Up(ctx)) },
		3: func() { require.NoError(c, c.media.Restart(ctx)) },
		4: func() { c.post.Up(); c.summary.Behave(summarydev.Accept) },
		5: c.crash,
		6: behave(summarydev.Drop), // accepts them, but we never hear of it
		8: behave(summarydev.Stall),
		9: behave(summarydev.Accept),
	}
}

// crash kills the database and restarts it; commits are lost with it, so it counts as a
// kill. SQLite dies with the gateway.
func (c *chaos) crash() {
	c.Helper()
	if c.pg != nil {
		c.pg.Crash(c.T)
		c.kills++
	}
}

// kill kills the gateway and starts another in its place.
func (c *chaos) kill() {
	c.Helper()
	c.gateway.kill()
	c.kills++
	c.gateway = serve(c.T, c.dir, c.environ)
}

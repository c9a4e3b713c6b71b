package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/summarydev"
)

// rage kills the gateway at random points for as long as there are meetings,
// and in between lets everything around it fail, each in its turn.
func (c *chaos) rage(ctx context.Context, done <-chan struct{}) {
	c.Helper()
	c.summary.Behave(summarydev.Fail)
	c.post.Down()
	faults := c.faults(ctx)
	over := false
	for round := 0; !over || round < fewest; round++ {
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

// fewest is how often the gateway is killed at least; all faults
// have come by then.
const fewest = 20

// pause is how long a gateway lives. Most of them do not for long; every eighth
// one has the time to take over what the dead have left, some 20 s.
func pause(round int) time.Duration {
	if round%8 == 7 {
		return 25*time.Second + rand.N(10*time.Second)
	}
	return 200*time.Millisecond + rand.N(4*time.Second)
}

// faults are those besides the kills, by the kill that they come before.
func (c *chaos) faults(ctx context.Context) []func() {
	behave := func(m summarydev.Mode) func() {
		return func() {
			if c.forgetful && (m == summarydev.Drop || m == summarydev.Stall) {
				m = summarydev.Fail // it would take them again and again, and no kill would be why
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
		6: behave(summarydev.Drop), // it takes them, and we do not hear of it
		8: behave(summarydev.Stall),
		9: behave(summarydev.Accept),
	}
}

// crash ends the database at once and starts it again; commits are lost with
// it, which counts as a kill. SQLite dies with the gateway.
func (c *chaos) crash() {
	c.Helper()
	if c.pg != nil {
		c.pg.Crash(c.T)
		c.kills++
	}
}

// kill ends the gateway at once and starts another one in its place.
func (c *chaos) kill() {
	c.Helper()
	c.gateway.kill()
	c.kills++
	c.gateway = serve(c.T, c.dir, c.environ)
}

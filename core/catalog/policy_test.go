package catalog

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFailures_delay_the_next_start(t *testing.T) {
	const s = time.Second
	p := DefaultPolicy()
	for name, c := range map[string]struct {
		ran    []time.Duration
		want   time.Duration
		row    int
		killed bool
	}{
		"one kill":                        {ran: []time.Duration{time.Hour}, want: p.FirstDelay, row: 1, killed: true},
		"a kill now and then":             {ran: []time.Duration{time.Hour, 3 * time.Minute}, want: p.FirstDelay, row: 1, killed: true},
		"many kills in a row":             {ran: repeat(100, 0), want: p.FirstDelay, row: 100, killed: true},
		"one crash":                       {ran: []time.Duration{time.Hour}, want: p.FirstDelay, row: 1},
		"many crashes of one that works":  {ran: repeat(100, s/2), want: p.FirstDelay, row: 100},
		"a start that fails":              {ran: []time.Duration{0}, want: s / 10, row: 1},
		"a second one":                    {ran: []time.Duration{0, 0}, want: s / 5, row: 2},
		"a fifth one":                     {ran: repeat(5, 0), want: 16 * s / 10, row: 5},
		"one that fails for days":         {ran: repeat(10000, 0), want: p.MaxDelay, row: 10000},
		"one that ends soon after starts": {ran: repeat(10000, s/10), want: p.MaxDelay, row: 10000},
		"one that is mended":              {ran: append(repeat(100, 0), p.Well), want: p.FirstDelay, row: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var f failures
			var got time.Duration
			for _, ran := range c.ran {
				got = f.add(ran, c.killed, p)
			}
			require.Equal(t, c.want, got)
			require.Equal(t, c.row, f.inARow)
			require.InDelta(t, float64(got)*1.125, float64(jittered(got)), float64(got)*0.126)
		})
	}
}

func repeat(n int, d time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = d
	}
	return all
}

package ephemeraltest

import (
	"testing"
	"time"

	"foyer/core/config"
	"foyer/core/ephemeral"
)

// How long and how often to wait for an expiry.
const (
	waitLong  = 20 * time.Second
	waitShort = 5 * time.Millisecond
)

// Open returns a fresh store with these rates and closes it at the end of the
// test it is given.
type Open func(t *testing.T, rates map[string]config.Rate) *ephemeral.Store

// Run tests a store. Nothing in it depends on how fast the store is: it waits for
// what must have expired, and what must not have lives for an hour.
func Run(t *testing.T, open Open) {
	for _, topic := range []struct {
		name string
		run  func(t *testing.T, s *ephemeral.Store)
	}{
		{"values", values},
		{"values_end", valuesEnd},
		{"values_are_taken_once", valuesTaken},
		{"values_are_put_once", valuesPut},
		{"throttle", throttle},
		{"throttle_at_once", throttleAtOnce},
		{"queue", queue},
		{"queue_ends", queueEnds},
		{"queue_order", queueOrder},
		{"queue_limit", queueLimit},
		{"queue_groups", queueGroups},
		{"queue_removal", queueRemoval},
		{"queue_at_once", queueAtOnce},
		{"queues_apart", queuesApart},
	} {
		t.Run(topic.name, func(t *testing.T) { topic.run(t, open(t, rates)) })
	}
}

// rates of the suite's scopes; "free" has none.
var rates = map[string]config.Rate{
	"slow":   {Count: 3, Period: 24 * time.Hour},
	"slower": {Count: 1, Period: 24 * time.Hour},
	"quick":  {Count: 5, Period: time.Second},
	"many":   {Count: 50, Period: 24 * time.Hour},
}

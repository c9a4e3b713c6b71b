package ephemeral

import (
	"context"
	"errors"
	"time"
)

// What a call may tell, for errors.Is.
var (
	// ErrNotFound: there is no such value or entry, or it has ended.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable: Redis cannot be used; try again later. The call may have
	// had effect.
	ErrUnavailable = errors.New("ephemeral store unavailable")
	// ErrFull: as many wait in the queue, or of the same group in it, as may.
	ErrFull = errors.New("queue is full")
)

// Throttle limits requests.
type Throttle interface {
	// Allow counts one request. wait > 0 refuses it, and tells when the next
	// one will be accepted; refused requests do not count. Scopes without a
	// rate are free.
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}

// Values keeps small values by namespace and key. A ttl of 0 or less has ended
// already: it stores nothing. Namespaces are the program's; keys that clients
// choose should be hashed first, for they may be of any length.
type Values interface {
	// Get returns the value, or ErrNotFound.
	Get(ctx context.Context, ns, key string) ([]byte, error)
	// Put stores the value for ttl, in place of another.
	Put(ctx context.Context, ns, key string, value []byte, ttl time.Duration) error
	// PutIfAbsent stores only where there is no value, over all replicas, and
	// tells whether it did.
	PutIfAbsent(ctx context.Context, ns, key string, value []byte, ttl time.Duration) (bool, error)
	// Take returns the value and removes it, to one caller over all replicas;
	// ErrNotFound to others.
	Take(ctx context.Context, ns, key string) ([]byte, error)
	// Delete removes the value; a missing one is fine.
	Delete(ctx context.Context, ns, key string) error
}

// Waiting is the state of an entry that has joined a queue and was not settled.
const Waiting = "waiting"

// Entry is one who waits in a queue, or whose waiting was settled.
type Entry struct {
	Key   string
	State string    // Waiting, or what Settle said
	Since time.Time // when it got its state, in milliseconds, by the clock of the store or as Join was told
	Value []byte
	// Group is whom those who wait may have in common, such as a network. Join is
	// told of it; entries that are returned have none.
	Group string
}

// Limits are how many may wait in a queue at once: of all, and of one group, 0 =
// as many as of all.
type Limits struct{ All, Group int }

// Queues keeps entries by queue, each with an end of its own. What a call costs
// depends on that queue alone.
type Queues interface {
	// Join lets who wait in the queue for ttl: by its Key, with its Value, since its
	// Since, the zero time being now. One who waits already, or is settled, keeps
	// what it has; waiting goes on for ttl from now, what is settled ends when it
	// would. joined tells whether the entry is new. ErrFull when as many others wait,
	// or others of its Group, as may.
	Join(ctx context.Context, queue string, who Entry, ttl time.Duration, l Limits) (e Entry, joined bool, err error)
	// Settle gives an entry another state, until ttl from now, and ends its
	// waiting. It returns the entry as it is now, or ErrNotFound.
	Settle(ctx context.Context, queue, key, state string, ttl time.Duration) (Entry, error)
	// Find returns the entry, or ErrNotFound.
	Find(ctx context.Context, queue, key string) (Entry, error)
	// Waiting returns those who wait, limit at most, the longest first. When there
	// are more, groups take turns in who is returned: a large one hides no other.
	Waiting(ctx context.Context, queue string, limit int) ([]Entry, error)
	// All returns those who wait and those who are settled.
	All(ctx context.Context, queue string) ([]Entry, error)
	// Remove forgets an entry; a missing one is fine.
	Remove(ctx context.Context, queue, key string) error
	// Clear forgets all entries of the queue that got their states before the
	// given time, or whenever for the zero time.
	Clear(ctx context.Context, queue string, before time.Time) error
}

package ephemeral

import (
	"context"
	"errors"
	"time"
)

// Errors of a call, for errors.Is.
var (
	// ErrNotFound: there is no such value or entry, or it has expired.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable: Redis cannot be used; try again later. The call may have
	// taken effect.
	ErrUnavailable = errors.New("ephemeral store unavailable")
	// ErrFull: the queue, or the group's share of it, has reached its limit.
	ErrFull = errors.New("queue is full")
)

// Throttle limits requests.
type Throttle interface {
	// Allow counts one request. wait > 0 refuses it, and is the time until the
	// next one will be accepted; refused requests do not count. Scopes without a
	// rate are unlimited.
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}

// Values keeps small values by namespace and key. A ttl of 0 or less has already
// expired: nothing is stored. Namespaces are the program's own; keys that clients
// choose should be hashed first, since they may be of any length.
type Values interface {
	// Get returns the value, or ErrNotFound.
	Get(ctx context.Context, ns, key string) ([]byte, error)
	// Put stores the value for ttl, replacing any other.
	Put(ctx context.Context, ns, key string, value []byte, ttl time.Duration) error
	// PutIfAbsent stores only if there is no value, across all replicas, and
	// reports whether it did.
	PutIfAbsent(ctx context.Context, ns, key string, value []byte, ttl time.Duration) (bool, error)
	// Take returns the value and removes it, for one caller across all replicas;
	// the others get ErrNotFound.
	Take(ctx context.Context, ns, key string) ([]byte, error)
	// Delete removes the value; a missing one is fine.
	Delete(ctx context.Context, ns, key string) error
}

// Waiting is the state of an entry that has joined a queue but has not been
// settled.
const Waiting = "waiting"

// Entry is somebody who waits in a queue, or whose wait has been settled.
type Entry struct {
	Key   string
	State string    // Waiting, or what Settle set
	Since time.Time // when it got its state, to the millisecond, by the store's clock or as passed to Join
	Value []byte
	// Group is something that entries may share, such as a network. It is passed
	// to Join; returned entries have none.
	Group string
}

// Limits are how many may wait in a queue at once: in all, and of one group, 0 =
// the same as in all.
type Limits struct{ All, Group int }

// Queues keeps entries by queue, each with its own expiry. What a call costs
// depends on that queue alone.
type Queues interface {
	// Join makes who wait in the queue for ttl: under its Key, with its Value,
	// since its Since, where the zero time means now. An entry that is already
	// there keeps what it has: a waiting one is extended to ttl from now, a
	// settled one keeps its expiry. joined reports whether the entry is new.
	// ErrFull if the queue or the entry's Group has reached its limit.
	Join(ctx context.Context, queue string, who Entry, ttl time.Duration, l Limits) (e Entry, joined bool, err error)
	// Settle gives an entry another state until ttl from now, which ends its
	// wait. It returns the entry as it is now, or ErrNotFound.
	Settle(ctx context.Context, queue, key, state string, ttl time.Duration) (Entry, error)
	// Find returns the entry, or ErrNotFound.
	Find(ctx context.Context, queue, key string) (Entry, error)
	// Waiting returns those who wait, at most limit, longest wait first. If there
	// are more, groups take turns, so that a large one hides no other.
	Waiting(ctx context.Context, queue string, limit int) ([]Entry, error)
	// All returns waiting and settled entries.
	All(ctx context.Context, queue string) ([]Entry, error)
	// Remove forgets an entry; a missing one is fine.
	Remove(ctx context.Context, queue, key string) error
	// Clear forgets all entries of the queue that got their state before the
	// given time; the zero time forgets all.
	Clear(ctx context.Context, queue string, before time.Time) error
}

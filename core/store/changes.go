package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// Changes is told what changes in rooms, accounts, accesses and applications, in
// the same transaction; *events.Bus is one. Everything that changes them goes
// through here.
type Changes interface {
	// Wanted reports whether anybody listens to the event. While nobody does, it
	// costs no statement.
	Wanted(event string) bool
	// AcceptTx stores the event and who is to receive it.
	AcceptTx(ctx context.Context, tx *Tx, e module.Event) error
}

// Tell makes c the one told from now on. Call it while assembling the program,
// before anything else uses the store.
func (s *Store) Tell(c Changes) { s.told = c }

func (q Queries) wanted(event string) bool { return q.told != nil && q.told.Wanted(event) }

// telling runs f in a transaction if the event is wanted, and directly if not: a
// single statement needs none.
func (q Queries) telling(ctx context.Context, event string, f func(Queries) error) error {
	if q.tx != nil || !q.wanted(event) {
		return f(q)
	}
	return q.atomic(ctx, f)
}

// tell stores an event along with the change made in the current transaction. A
// module that began to listen while a statement ran without one is told from the
// next change on.
func (q Queries) tell(ctx context.Context, event string, room uuid.UUID, body any) error {
	if q.tx == nil || !q.wanted(event) {
		return nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", event, err)
	}
	e := module.Event{ID: uuid.NewString(), Name: event, At: stamp(time.Now()), Body: raw}
	if room != uuid.Nil {
		e.Room = room.String()
	}
	if err := q.told.AcceptTx(ctx, q.tx, e); err != nil {
		return fmt.Errorf("tell %s: %w", event, err)
	}
	return nil
}

// authorOr is the author of changes in the context, or else the account that the
// caller of a method named.
func authorOr(ctx context.Context, user uuid.UUID) module.Author {
	if a := module.AuthorFrom(ctx); a != (module.Author{}) {
		return a
	}
	return module.Author{User: user}
}

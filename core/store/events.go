package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// AddEvent stores an event by its id and reports whether it is new.
func (q Queries) AddEvent(ctx context.Context, e Event) (bool, error) {
	n, err := q.c.exec(ctx, `INSERT INTO foyer_event (id, name, room, received_at, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO NOTHING`, e.ID, e.Name, e.Room, stamp(e.ReceivedAt), bytesOf(e.Body))
	if err != nil {
		return false, fmt.Errorf("add event %s: %w", e.ID, translate(err))
	}
	return n == 1, nil
}

// EventByID returns one event, or ErrNotFound.
func (q Queries) EventByID(ctx context.Context, id string) (Event, error) {
	e := Event{ID: id}
	err := one(ctx, q.c, `SELECT name, room, received_at, body FROM foyer_event WHERE id = $1`, []any{id},
		&e.Name, &e.Room, &e.ReceivedAt, &e.Body)
	if err != nil {
		return Event{}, fmt.Errorf("find event %s: %w", id, err)
	}
	e.ReceivedAt = e.ReceivedAt.UTC()
	return e, nil
}

// EventsSince returns the events with those names received at or after since, in
// no particular order.
func (q Queries) EventsSince(ctx context.Context, since time.Time, names ...string) ([]Event, error) {
	marks, args := make([]string, len(names)), []any{stamp(since)}
	for i, name := range names {
		args = append(args, name)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	if len(names) == 0 {
		return nil, nil
	}
	list, err := all(ctx, q.c, func(r rows) (e Event, err error) {
		err = r.Scan(&e.ID, &e.Name, &e.Room, &e.ReceivedAt, &e.Body)
		e.ReceivedAt = e.ReceivedAt.UTC()
		return e, err
	}, `SELECT id, name, room, received_at, body FROM foyer_event WHERE received_at >= $1 AND name IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("find events since %s: %w", since, err)
	}
	return list, nil
}

// DeleteEventsBefore removes up to limit events received before t, oldest first,
// and returns how many.
func (q Queries) DeleteEventsBefore(ctx context.Context, t time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete old events", `foyer_event`, `id`, `received_at < $1`, `received_at`, stamp(t), limit)
}

package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AddEvent stores an event by its id and reports whether it is new.
func (q Queries) AddEvent(ctx context.Context, e Event) (bool, error) {
	added, err := q.AddEvents(ctx, e)
	return len(added) == 1, err
}

// eventsAtOnce is how many events one statement stores at most.
const eventsAtOnce = 64

// AddEvents stores events by their ids, all or none of them, and returns the ids of
// those that are new.
func (q Queries) AddEvents(ctx context.Context, list ...Event) (map[string]bool, error) {
	added := make(map[string]bool, len(list))
	var err error
	if len(list) > eventsAtOnce {
		err = q.atomic(ctx, func(q Queries) error {
			for part := range slices.Chunk(list, eventsAtOnce) {
				if err := q.addEvents(ctx, part, added); err != nil {
					return err
				}
			}
			return nil
		})
	} else if len(list) > 0 {
		err = q.addEvents(ctx, list, added)
	}
	if err != nil {
		return nil, fmt.Errorf("add %d events: %w", len(list), translate(err))
	}
	return added, nil
}

// addEvents uses few different statements, however many events there are, because
// engines keep them prepared: the last event fills up the list, and is stored once.
func (q Queries) addEvents(ctx context.Context, list []Event, added map[string]bool) error {
	rows := 1
	for rows < len(list) {
		rows *= 2
	}
	args := make([]any, 0, rows*5)
	var text strings.Builder
	text.WriteString(`INSERT INTO foyer_event (id, name, room, received_at, body) VALUES `)
	for i := range rows {
		e := list[min(i, len(list)-1)]
		args = append(args, e.ID, e.Name, e.Room, stamp(e.ReceivedAt), bytesOf(e.Body))
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "($%d, $%d, $%d, $%d, $%d)", 5*i+1, 5*i+2, 5*i+3, 5*i+4, 5*i+5)
	}
	text.WriteString(` ON CONFLICT (id) DO NOTHING RETURNING id`)
	r, err := q.c.change(ctx, text.String(), args...)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		var id string
		if err := r.Scan(&id); err != nil {
			return err
		}
		added[id] = true
	}
	return r.Err()
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

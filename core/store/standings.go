package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// States of a Standing.
const (
	Admitted = "admitted"
	Removed  = "removed"
)

// MaxIdentity is the longest identity of a Standing, in characters.
const MaxIdentity = 256

// Standing is where somebody stands with the meetings of a room. There is one row
// per room and identity: somebody removed is not admitted.
type Standing struct {
	RoomID   uuid.UUID
	Identity string // on the media server, at most MaxIdentity characters
	State    string
	Entry    string // the id they waited under, "" if they did not wait
	Name     string // as others saw it while they waited
	Color    string
	// Seat is the connection to the media server by which they are in the
	// meeting, "" if they are not known to be there.
	Seat      string
	Since     time.Time // when the state began
	TouchedAt time.Time // when they were last seen to join or to ask
	EndsAt    time.Time
}

const standingColumns = `t.room_id, t.identity, t.state, t.entry, t.name, t.color, t.seat, t.since, t.touched_at, t.ends_at`

func scanStanding(r rows) (Standing, error) {
	var t Standing
	err := r.Scan(&t.RoomID, &t.Identity, &t.State, &t.Entry, &t.Name, &t.Color, &t.Seat, &t.Since, &t.TouchedAt, &t.EndsAt)
	t.Since, t.TouchedAt, t.EndsAt = t.Since.UTC(), t.TouchedAt.UTC(), t.EndsAt.UTC()
	return t, err
}

func (q Queries) standings(ctx context.Context, attempt, where string, args ...any) ([]Standing, error) {
	list, err := all(ctx, q.c, scanStanding, `SELECT `+standingColumns+` FROM foyer_standing t WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", attempt, err)
	}
	return list, nil
}

func (q Queries) standing(ctx context.Context, where string, args ...any) (Standing, error) {
	list, err := q.standings(ctx, "find a standing", where, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("find a standing: %w", ErrNotFound)
	}
	if err != nil {
		return Standing{}, err
	}
	return list[0], nil
}

// StandingOf returns where an identity stands with a room, or ErrNotFound.
func (q Queries) StandingOf(ctx context.Context, room uuid.UUID, identity string, now time.Time) (Standing, error) {
	return q.standing(ctx, `t.room_id = $1 AND t.identity = $2 AND t.ends_at > $3`, room, identity, stamp(now))
}

// StandingByEntry returns where whoever waited under an id stands with a room, or
// ErrNotFound.
func (q Queries) StandingByEntry(ctx context.Context, room uuid.UUID, entry string, now time.Time) (Standing, error) {
	return q.standing(ctx, `t.room_id = $1 AND t.entry = $2 AND t.entry <> '' AND t.ends_at > $3`, room, entry, stamp(now))
}

// StandingsIn returns the standings in several rooms, in one statement, including
// those that have ended but are still stored.
func (q Queries) StandingsIn(ctx context.Context, rooms ...uuid.UUID) ([]Standing, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	in, args := marked(nil, rooms)
	return q.standings(ctx, "list standings", `t.room_id IN (`+in+`)`, args...)
}

// StandingsOf returns the standings of identities with a room, in one statement,
// including those that have ended but are still stored.
func (q Queries) StandingsOf(ctx context.Context, room uuid.UUID, identities ...string) ([]Standing, error) {
	if len(identities) == 0 {
		return nil, nil
	}
	in, args := marked([]any{room}, identities)
	return q.standings(ctx, "list standings", `t.room_id = $1 AND t.identity IN (`+in+`)`, args...)
}

// RemovedFrom returns which of the rooms an identity is removed from, in one
// statement.
func (q Queries) RemovedFrom(ctx context.Context, identity string, now time.Time, rooms ...uuid.UUID) (map[uuid.UUID]bool, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	in, args := marked([]any{identity, Removed, stamp(now)}, rooms)
	list, err := q.standings(ctx, "look for removals", `t.identity = $1 AND t.state = $2 AND t.ends_at > $3 AND t.room_id IN (`+in+`)`, args...)
	removed := make(map[uuid.UUID]bool, len(list))
	for _, t := range list {
		removed[t.RoomID] = true
	}
	return removed, err
}

// Removals returns those who are removed from a room, latest first.
func (q Queries) Removals(ctx context.Context, room uuid.UUID, now time.Time, limit int) ([]Standing, error) {
	return q.standings(ctx, "list removals", `t.room_id = $1 AND t.state = $2 AND t.ends_at > $3
		ORDER BY t.since DESC, t.identity LIMIT $4`, room, Removed, stamp(now), limit)
}

// Admit stores an admission, unless the identity is removed from the room, and
// reports whether it did. Somebody already in the meeting keeps their seat.
func (q Queries) Admit(ctx context.Context, t Standing, now time.Time) (bool, error) {
	n, err := q.c.exec(ctx, insertStanding+` ON CONFLICT (room_id, identity) DO UPDATE SET state = excluded.state, entry = excluded.entry,
		name = excluded.name, color = excluded.color, since = excluded.since, touched_at = excluded.touched_at,
		ends_at = CASE WHEN foyer_standing.ends_at > excluded.ends_at THEN foyer_standing.ends_at ELSE excluded.ends_at END
		WHERE foyer_standing.state <> $11 OR foyer_standing.ends_at <= $12`,
		append(t.args(Admitted), Removed, stamp(now))...)
	if err != nil {
		return false, fmt.Errorf("admit to room %s: %w", t.RoomID, translate(err))
	}
	return n == 1, nil
}

// Remove stores a removal in place of an admission, keeping its names. Of two
// removals the longer counts.
func (q Queries) Remove(ctx context.Context, t Standing) error {
	_, err := q.c.exec(ctx, insertStanding+` ON CONFLICT (room_id, identity) DO UPDATE SET
		ends_at = CASE WHEN foyer_standing.state = excluded.state AND foyer_standing.ends_at > excluded.ends_at
			THEN foyer_standing.ends_at ELSE excluded.ends_at END,
		state = excluded.state, seat = '', since = excluded.since, touched_at = excluded.touched_at`, t.args(Removed)...)
	if err != nil {
		return fmt.Errorf("remove from room %s: %w", t.RoomID, translate(err))
	}
	return nil
}

const insertStanding = `INSERT INTO foyer_standing (room_id, identity, state, entry, name, color, seat, since, touched_at, ends_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

func (t Standing) args(state string) []any {
	return []any{t.RoomID, t.Identity, state, t.Entry, t.Name, t.Color, t.Seat, stamp(t.Since), stamp(t.TouchedAt), stamp(t.EndsAt)}
}

// TakeSeat records that somebody is in the meeting by a connection that began
// before their admission ended, and extends the admission to until. If nobody is
// admitted, that is not an error.
func (q Queries) TakeSeat(ctx context.Context, room uuid.UUID, identity, seat string, joined, now, until time.Time) error {
	_, err := q.remove(ctx, "seat an admitted participant", `UPDATE foyer_standing SET seat = $3, touched_at = $5, ends_at = $6
		WHERE room_id = $1 AND identity = $2 AND state = $4 AND ends_at > $7`,
		room, identity, seat, Admitted, stamp(now), stamp(until), stamp(joined))
	return err
}

// Touch records that somebody admitted who is not in the meeting has asked again,
// and extends the admission to until.
func (q Queries) Touch(ctx context.Context, room uuid.UUID, identity string, now, until time.Time) error {
	_, err := q.remove(ctx, "prolong an admission", `UPDATE foyer_standing SET touched_at = $4, ends_at = $5
		WHERE room_id = $1 AND identity = $2 AND state = $3 AND seat = '' AND ends_at > $4`,
		room, identity, Admitted, stamp(now), stamp(until))
	return err
}

// LeaveSeat ends an admission at until, or earlier if it would end anyway: the
// participant left the meeting at at. It does nothing if they are there by
// another connection, or if their connection is unknown and they have asked
// since.
func (q Queries) LeaveSeat(ctx context.Context, room uuid.UUID, identity, seat string, at, until time.Time) error {
	_, err := q.remove(ctx, "end the admission of one who left", `UPDATE foyer_standing SET seat = '',
		ends_at = CASE WHEN ends_at > $6 THEN $6 ELSE ends_at END
		WHERE room_id = $1 AND identity = $2 AND state = $4 AND (seat = $3 OR (seat = '' AND touched_at < $5))`,
		room, identity, seat, Admitted, stamp(at), stamp(until))
	return err
}

// DropAdmission ends an admission and reports whether there was one.
func (q Queries) DropAdmission(ctx context.Context, room uuid.UUID, identity string) (bool, error) {
	return q.dropStanding(ctx, "end an admission", Admitted, room, identity)
}

// LiftRemoval ends a removal and reports whether there was one.
func (q Queries) LiftRemoval(ctx context.Context, room uuid.UUID, identity string) (bool, error) {
	return q.dropStanding(ctx, "lift a removal", Removed, room, identity)
}

func (q Queries) dropStanding(ctx context.Context, attempt, state string, room uuid.UUID, identity string) (bool, error) {
	n, err := q.remove(ctx, attempt, `DELETE FROM foyer_standing WHERE room_id = $1 AND identity = $2 AND state = $3`, room, identity, state)
	return n == 1, err
}

// DropAdmissionsBefore ends the admissions to a room that are older than before.
func (q Queries) DropAdmissionsBefore(ctx context.Context, room uuid.UUID, before time.Time) error {
	_, err := q.remove(ctx, "end admissions", `DELETE FROM foyer_standing WHERE room_id = $1 AND state = $2 AND since < $3`,
		room, Admitted, stamp(before))
	return err
}

// DeleteExpiredStandings removes up to limit standings that ended before now,
// oldest first, and returns how many.
func (q Queries) DeleteExpiredStandings(ctx context.Context, now time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete expired standings", `foyer_standing`, `room_id, identity`, `ends_at <= $1`, `ends_at`, stamp(now), limit)
}

// marked appends values to args and returns their placeholders for IN ().
func marked[T any](args []any, values []T) (marks string, all []any) {
	list := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		list[i] = "$" + strconv.Itoa(len(args))
	}
	return strings.Join(list, ", "), args
}

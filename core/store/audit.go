package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID              uuid.UUID // version 7: sorts by time
	At              time.Time // UTC, microseconds
	Action, Outcome string    // "token.issue" and "ok"
	ClientID        string    // as sent
	Application     uuid.UUID // uuid.Nil = unknown
	User            uuid.UUID // uuid.Nil = none
	Email           string
	Object          string
	TokenID         string
	Address         string
	RequestID       string
}

const auditColumns = `id, at, action, outcome, client_id, application_id, user_id, email, object, token_id, address, request_id`

// auditText is the most characters a client may write into a field of the log.
const auditText = 255

// loggable returns text that either engine can hold.
func loggable(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if n := 0; len(text) > auditText {
		for i := range text {
			if n++; n > auditText {
				return text[:i]
			}
		}
	}
	return text
}

func nilID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// AppendAudit stores all entries or none. It creates the IDs, and a zero time
// means now. Text is cut to 255 characters.
func (q Queries) AppendAudit(ctx context.Context, entries ...AuditEntry) error {
	args, err := auditRows(entries)
	if err == nil && len(entries) > 1 {
		err = q.atomic(ctx, func(q Queries) error { return q.appendAudit(ctx, args) })
	} else if err == nil {
		err = q.appendAudit(ctx, args)
	}
	if err != nil {
		return fmt.Errorf("append to the audit log: %w", translate(err))
	}
	return nil
}

func (q Queries) appendAudit(ctx context.Context, args []any) error {
	for i := len(auditInserts) - 1; len(args) > 0; {
		n := auditWidth << i
		if n > len(args) {
			i--
			continue
		}
		if _, err := q.c.exec(ctx, auditInserts[i], args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// auditWidth is the number of auditColumns.
const auditWidth = 12

// auditInserts insert 1, 2, 4 … 64 entries, so that few statements stay prepared.
var auditInserts = func() (texts [7]string) {
	for i := range texts {
		texts[i] = auditInsert(1 << i)
	}
	return texts
}()

// auditInsert is the statement that inserts n entries.
func auditInsert(n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO foyer_audit (" + auditColumns + ") VALUES ")
	for i := range n * auditWidth {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%auditWidth == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String() + ")"
}

// auditRows returns the arguments of all entries, in sequence.
func auditRows(entries []AuditEntry) ([]any, error) {
	args := make([]any, 0, len(entries)*auditWidth)
	now := stamp(time.Now())
	for i, e := range entries {
		at := now
		if !e.At.IsZero() {
			at = stamp(e.At)
		}
		id, err := auditID(at, i)
		if err != nil {
			return nil, err
		}
		args = append(args, id, at, loggable(e.Action), loggable(e.Outcome), loggable(e.ClientID), nilID(e.Application),
			nilID(e.User), loggable(e.Email), loggable(e.Object), loggable(e.TokenID), loggable(e.Address), loggable(e.RequestID))
	}
	return args, nil
}

// auditID makes a version 7 id (RFC 9562 5.7, method 3 of 6.2) that sorts by the
// time in microseconds, then by the place in its list.
func auditID(at time.Time, place int) (uuid.UUID, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an id: %w", err)
	}
	micros := at.UnixMicro()
	binary.BigEndian.PutUint64(id[0:8], uint64(micros/1000)<<16|7<<12|uint64(micros%1000)*4096/1000) //nolint:gosec // times after 1970
	binary.BigEndian.PutUint16(id[8:10], 1<<15|uint16(place)&(1<<14-1))                              //nolint:gosec // fourteen bits
	return id, nil
}

// AuditQuery selects lines of the audit log.
type AuditQuery struct {
	Application uuid.UUID // uuid.Nil = all
	Before      uuid.UUID // only lines older than this one, uuid.Nil = from the newest
	Limit       int
}

// Audit returns lines of the audit log, newest first.
func (q Queries) Audit(ctx context.Context, x AuditQuery) ([]AuditEntry, error) {
	if x.Before == uuid.Nil {
		x.Before = uuid.Max
	}
	where, args := `id < $1`, []any{x.Before, x.Limit}
	if x.Application != uuid.Nil {
		where, args = where+` AND application_id = $3`, append(args, x.Application)
	}
	list, err := all(ctx, q.c, scanAudit, `SELECT `+auditColumns+` FROM foyer_audit WHERE `+where+` ORDER BY id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return list, nil
}

func scanAudit(r rows) (e AuditEntry, err error) {
	var application, user *uuid.UUID
	err = r.Scan(&e.ID, &e.At, &e.Action, &e.Outcome, &e.ClientID, &application, &user, &e.Email, &e.Object, &e.TokenID,
		&e.Address, &e.RequestID)
	e.At = e.At.UTC()
	if application != nil {
		e.Application = *application
	}
	if user != nil {
		e.User = *user
	}
	return e, err
}

// LastUses returns when each secret and key of an application, by its id, last
// obtained a token.
func (q Queries) LastUses(ctx context.Context, application uuid.UUID) (map[string]time.Time, error) {
	r, err := q.c.query(ctx, `SELECT object, at FROM (
		SELECT object, at, ROW_NUMBER() OVER (PARTITION BY object ORDER BY id DESC) AS n FROM foyer_audit
		WHERE application_id = $1 AND outcome = 'ok' AND action IN ('token.issue', 'token.exchange')) latest WHERE n = 1`, application)
	if err != nil {
		return nil, fmt.Errorf("read the last uses of secrets: %w", translate(err))
	}
	defer r.Close()
	used := map[string]time.Time{}
	for r.Next() {
		var object string
		var at time.Time
		if err := r.Scan(&object, &at); err != nil {
			return nil, fmt.Errorf("read the last uses of secrets: %w", translate(err))
		}
		used[object] = at.UTC()
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("read the last uses of secrets: %w", translate(err))
	}
	return used, nil
}

// DeleteAuditBefore removes up to limit lines older than before, oldest first,
// and returns how many.
func (q Queries) DeleteAuditBefore(ctx context.Context, before time.Time, limit int) (int, error) {
	var first uuid.UUID
	binary.BigEndian.PutUint64(first[0:8], uint64(stamp(before).UnixMilli())<<16) //nolint:gosec // times after 1970
	return q.sweep(ctx, "delete old lines of the audit log", `foyer_audit`, `id`, `id < $1`, `id`, first, limit)
}

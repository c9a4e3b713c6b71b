package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID              uuid.UUID // version 7: in the order of time
	At              time.Time // UTC, microseconds
	Action, Outcome string    // "token.issue" and "ok"
	ClientID        string    // as it was sent
	Application     uuid.UUID // uuid.Nil = unknown
	User            uuid.UUID // uuid.Nil = none
	Email           string
	Object          string
	TokenID         string
	Address         string
	RequestID       string
}

const auditColumns = `id, at, action, outcome, client_id, application_id, user_id, email, object, token_id, address, request_id`

// auditText bounds what a client may write into the log.
const auditText = 255

// loggable is text that either engine can hold.
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

// AppendAudit stores entries, all or none, in one statement. IDs are made, and
// times that are zero are now. Text is cut to 255 characters.
func (q Queries) AppendAudit(ctx context.Context, entries ...AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	var values []string
	var args []any
	now := stamp(time.Now())
	for _, e := range entries {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id of the audit log: %w", err)
		}
		at := now
		if !e.At.IsZero() {
			at = stamp(e.At)
		}
		row := []any{id, at, loggable(e.Action), loggable(e.Outcome), loggable(e.ClientID), nilID(e.Application),
			nilID(e.User), loggable(e.Email), loggable(e.Object), loggable(e.TokenID), loggable(e.Address), loggable(e.RequestID)}
		marks := make([]string, len(row))
		for i := range row {
			marks[i] = "$" + strconv.Itoa(len(args)+i+1)
		}
		values, args = append(values, "("+strings.Join(marks, ", ")+")"), append(args, row...)
	}
	_, err := q.c.exec(ctx, `INSERT INTO foyer_audit (`+auditColumns+`) VALUES `+strings.Join(values, ", "), args...)
	if err != nil {
		return fmt.Errorf("append to the audit log: %w", translate(err))
	}
	return nil
}

// AuditQuery chooses lines of the audit log.
type AuditQuery struct {
	Application uuid.UUID // uuid.Nil = all
	Before      uuid.UUID // older than this line, uuid.Nil = the newest
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

// LastUses tells when each secret and key of an application, by its id, last
// got a token.
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

// DeleteAuditBefore removes lines that are older and counts them.
func (q Queries) DeleteAuditBefore(ctx context.Context, before time.Time) (int, error) {
	return q.remove(ctx, "delete old lines of the audit log", `DELETE FROM foyer_audit WHERE at < $1`, stamp(before))
}

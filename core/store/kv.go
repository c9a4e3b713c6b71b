package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// putValue stores a value in place of an existing one if that satisfies the
// condition that is appended.
const putValue = `INSERT INTO foyer_kv (namespace, key, value, expires_at, revision) VALUES ($1, $2, $3, $4, $5)` + replaceValue

const replaceValue = `
	ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at, revision = excluded.revision`

// KVGet returns a live value, or ErrNotFound.
func (q Queries) KVGet(ctx context.Context, ns, key string, now time.Time) ([]byte, error) {
	var v []byte
	err := one(ctx, q.c, `SELECT value FROM foyer_kv WHERE namespace = $1 AND key = $2
		AND (expires_at IS NULL OR expires_at > $3)`, []any{ns, key, stamp(now)}, &v)
	if err != nil {
		return nil, fmt.Errorf("get %s/%s: %w", ns, key, err)
	}
	return v, nil
}

// KVGetMany returns the live values among the keys, in one statement however many
// there are.
func (q Queries) KVGetMany(ctx context.Context, ns string, now time.Time, keys ...string) (map[string][]byte, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(keys)), []any{ns, stamp(now)}
	for i, key := range keys {
		args = append(args, key)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	values := map[string][]byte{}
	_, err := all(ctx, q.c, func(r rows) (key string, err error) {
		var v []byte
		err = r.Scan(&key, &v)
		values[key] = v
		return key, err
	}, `SELECT key, value FROM foyer_kv WHERE namespace = $1 AND (expires_at IS NULL OR expires_at > $2)
		AND key IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("get %d keys of %s: %w", len(keys), ns, err)
	}
	return values, nil
}

// KVTake returns a live value and removes it, atomically: one of several callers
// gets it, the others ErrNotFound.
func (q Queries) KVTake(ctx context.Context, ns, key string, now time.Time) ([]byte, error) {
	var v []byte
	r, err := q.c.change(ctx, `DELETE FROM foyer_kv WHERE namespace = $1 AND key = $2
		AND (expires_at IS NULL OR expires_at > $3) RETURNING value`, ns, key, stamp(now))
	if err := only(r, err, &v); err != nil {
		return nil, fmt.Errorf("take %s/%s: %w", ns, key, err)
	}
	return v, nil
}

// KVPut stores a value until expires, nil = forever.
func (q Queries) KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error {
	_, err := q.c.exec(ctx, putValue, ns, key, bytesOf(value), stampOf(expires), newRevision())
	if err != nil {
		return fmt.Errorf("put %s/%s: %w", ns, key, translate(err))
	}
	return nil
}

// KVPutMany stores values until expires, nil = forever, in one statement however
// many there are; meant for a few hundred.
func (q Queries) KVPutMany(ctx context.Context, ns string, values map[string][]byte, expires *time.Time) error {
	if len(values) == 0 {
		return nil
	}
	rows, args := make([]string, 0, len(values)), []any{ns, stampOf(expires), newRevision()}
	for key, value := range values {
		args = append(args, key, bytesOf(value))
		rows = append(rows, fmt.Sprintf("($1, $%d, $%d, $2, $3)", len(args)-1, len(args)))
	}
	_, err := q.c.exec(ctx, `INSERT INTO foyer_kv (namespace, key, value, expires_at, revision) VALUES `+strings.Join(rows, ", ")+replaceValue, args...)
	if err != nil {
		return fmt.Errorf("put %d keys of %s: %w", len(values), ns, translate(err))
	}
	return nil
}

// KVPutIfAbsent stores a value unless a live one exists, atomically, and reports
// whether it did.
func (q Queries) KVPutIfAbsent(ctx context.Context, ns, key string, value []byte, expires *time.Time, now time.Time) (bool, error) {
	n, err := q.c.exec(ctx, putValue+` WHERE foyer_kv.expires_at <= $6`,
		ns, key, bytesOf(value), stampOf(expires), newRevision(), stamp(now))
	if err != nil {
		return false, fmt.Errorf("put %s/%s if absent: %w", ns, key, translate(err))
	}
	return n == 1, nil
}

// KVRaise stores a value unless a live one exists that is greater or equal, byte
// by byte, atomically: whatever the order of callers, the greatest wins.
func (q Queries) KVRaise(ctx context.Context, ns, key string, value []byte, expires *time.Time, now time.Time) error {
	_, err := q.c.exec(ctx, putValue+` WHERE foyer_kv.value < excluded.value OR foyer_kv.expires_at <= $6`,
		ns, key, bytesOf(value), stampOf(expires), newRevision(), stamp(now))
	if err != nil {
		return fmt.Errorf("raise %s/%s: %w", ns, key, translate(err))
	}
	return nil
}

// KVDelete removes a key; a missing one is fine.
func (q Queries) KVDelete(ctx context.Context, ns, key string) error {
	_, err := q.remove(ctx, "delete "+ns+"/"+key, `DELETE FROM foyer_kv WHERE namespace = $1 AND key = $2`, ns, key)
	return err
}

// KVDeleteIf removes a key if it still holds value, atomically, and reports
// whether it did.
func (q Queries) KVDeleteIf(ctx context.Context, ns, key string, value []byte) (bool, error) {
	n, err := q.remove(ctx, "delete "+ns+"/"+key+" if unchanged",
		`DELETE FROM foyer_kv WHERE namespace = $1 AND key = $2 AND value = $3`, ns, key, bytesOf(value))
	return n == 1, err
}

// DeleteExpiredKV removes up to limit values that expired before now, oldest
// first, and returns how many.
func (q Queries) DeleteExpiredKV(ctx context.Context, now time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete expired values", `foyer_kv`, `namespace, key`, `expires_at <= $1`, `expires_at`, stamp(now), limit)
}

// bytesOf distinguishes an empty value from NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func stampOf(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	s := stamp(*t)
	return &s
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"foyer/core/config"
)

// accessesEach is how many people have a role in each room.
const accessesEach = 5

// part is how many rows of each table one transaction writes.
const part = 100_000

// enlarge writes n rooms with their accesses, n users, n recordings and n sessions, in
// the database of a running gateway that has nothing else to do.
func enlarge(ctx context.Context, at config.Database, n int) error {
	exec, done, err := filler(ctx, at)
	if err != nil {
		return err
	}
	d := ofSQLite
	if !at.URL.IsZero() {
		d = ofPostgreSQL
	}
	for from := 1; from <= n && err == nil; from += part {
		for _, text := range d.rows(d.numbers(from, min(from+part-1, n)), n) {
			if err = exec(text); err != nil {
				err = fmt.Errorf("%s: %w", text, err)
				break
			}
		}
	}
	for _, text := range d.own() {
		if err == nil {
			err = exec(text)
		}
	}
	return errors.Join(err, done())
}

// dialect is how the engines differ in making up rows.
type dialect struct {
	now, later, empty, analyze string
	// id makes an identifier of a table's from a number. Neighbours are far apart, as
	// those of real rows are.
	id      func(table int, number string) string
	numbers func(from, to int) string // a source of rows with the number i
}

const scattered = 2_654_435_761 // odd, so that it maps 32 bits onto themselves

var ofPostgreSQL = dialect{
	now: `now()`, later: `now() + interval '9 days'`, empty: `'{}'::jsonb`, analyze: `VACUUM ANALYZE`,
	id: func(table int, number string) string {
		return fmt.Sprintf(`(lpad(to_hex((%s::bigint * %d) %% 4294967296), 8, '0') || '-%04d-4000-8000-' || lpad(to_hex(%s), 12, '0'))::uuid`,
			number, scattered, table, number)
	},
	numbers: func(from, to int) string { return fmt.Sprintf(`generate_series(%d, %d) i`, from, to) },
}

var ofSQLite = dialect{
	now: `strftime('%Y-%m-%d %H:%M:%S+00:00')`, later: `strftime('%Y-%m-%d %H:%M:%S+00:00', 'now', '+9 days')`, empty: `'{}'`, analyze: `ANALYZE`,
	id: func(table int, number string) string {
		return fmt.Sprintf(`printf('%%08x-%04d-4000-8000-%%012x', (%s * %d) %% 4294967296, %s)`, table, number, scattered, number)
	},
	numbers: func(from, to int) string {
		return fmt.Sprintf(`(WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n)`, from, to)
	},
}

// rows are the statements that fill the tables for some numbers of n.
func (d dialect) rows(numbers string, n int) []string {
	user, room, recording := d.id(1, "i"), d.id(2, "i"), d.id(3, "i")
	all := []string{
		`INSERT INTO meet_user (password, is_superuser, id, created_at, updated_at, sub, email, language, timezone, is_device, is_staff,
			is_active, full_name, short_name, default_room_configuration)
			SELECT '!', false, ` + user + `, ` + d.now + `, ` + d.now + `, 'sub-' || i, 'user' || i || '@example.com', 'en-us', 'UTC', false, false,
			true, 'User ' || i, 'User', ` + d.empty + ` FROM ` + numbers,
		`INSERT INTO meet_resource (id, created_at, updated_at) SELECT ` + room + `, ` + d.now + `, ` + d.now + ` FROM ` + numbers,
		`INSERT INTO meet_room (name, resource_id, slug, configuration, access_level, pin_code)
			SELECT 'Room ' || i, ` + room + `, 'room-' || i, ` + d.empty + `, 'public', 'p' || i FROM ` + numbers,
		`INSERT INTO meet_recording (id, created_at, updated_at, status, room_id, mode, options)
			SELECT ` + recording + `, ` + d.now + `, ` + d.now + `, 'saved', ` + room + `, 'screen_recording', ` + d.empty + ` FROM ` + numbers,
		`INSERT INTO foyer_session (token, user_id, sid, data, expires_at)
			SELECT 'session-' || i, ` + user + `, '', 'x', ` + d.later + ` FROM ` + numbers,
	}
	for k := range accessesEach {
		role := "member"
		if k == 0 {
			role = "owner"
			all = append(all, `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
				SELECT `+d.id(4, "i")+`, `+d.now+`, `+d.now+`, '', 'owner', `+recording+`, `+user+` FROM `+numbers)
		}
		member := d.id(1, fmt.Sprintf("((i - 1 + %d) %% %d + 1)", k*131_071, n)) // users of all parts: references are checked at the end
		all = append(all, `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id)
			SELECT `+d.id(5+k, "i")+`, `+d.now+`, `+d.now+`, '`+role+`', `+room+`, `+member+` FROM `+numbers)
	}
	return all
}

// own gives recordings to the rooms of who is measured, and lets the engine count.
func (d dialect) own() []string {
	return []string{
		`INSERT INTO meet_recording (id, created_at, updated_at, status, room_id, mode, options)
			SELECT resource_id, ` + d.now + `, ` + d.now + `, 'saved', resource_id, 'screen_recording', ` + d.empty + `
			FROM meet_room WHERE slug LIKE 'ada-%'`,
		`INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
			SELECT id, created_at, updated_at, '', role, resource_id, user_id FROM meet_resource_access
			WHERE resource_id IN (SELECT resource_id FROM meet_room WHERE slug LIKE 'ada-%')`,
		d.analyze,
	}
}

// filler returns what runs a statement without the references being checked: members
// are made before their accounts.
func filler(ctx context.Context, at config.Database) (exec func(string) error, done func() error, err error) {
	if !at.URL.IsZero() {
		c, err := pgx.Connect(ctx, at.URL.Reveal())
		if err != nil {
			return nil, nil, err
		}
		_, err = c.Exec(ctx, `SET session_replication_role = replica; SET maintenance_work_mem = '256MB'`)
		return func(text string) error { _, err := c.Exec(ctx, text); return err }, func() error { return c.Close(ctx) }, err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(at.Dir, "foyer.db")+
		"?_pragma=busy_timeout(20000)&_pragma=synchronous(OFF)&_pragma=cache_size(-500000)&_pragma=foreign_keys(0)")
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	return func(text string) error { _, err := db.ExecContext(ctx, text); return err }, db.Close, nil
}

package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// Claims are what a sign-in may change in an account; nil leaves the value as it
// is.
type Claims struct{ Sub, Email, FullName, ShortName *string }

const userColumns = `u.id, u.created_at, u.updated_at, u.last_login, u.password, u.sub, u.email, u.admin_email,
	u.full_name, u.short_name, u.language, u.timezone, u.is_device, u.is_staff, u.is_superuser, u.is_active,
	u.default_room_access_level, u.default_room_configuration`

// dest are the scan destinations of userColumns.
func (u *User) dest() []any {
	return []any{&u.ID, &u.CreatedAt, &u.UpdatedAt, &u.LastLogin, &u.Password, &u.Sub, &u.Email, &u.AdminEmail,
		&u.FullName, &u.ShortName, &u.Language, &u.Timezone, &u.IsDevice, &u.IsStaff, &u.IsSuperuser, &u.IsActive,
		&u.DefaultRoomAccessLevel, (*[]byte)(&u.DefaultRoomConfiguration)}
}

// utc sets the location of times to the one that both engines share.
func (u *User) utc() {
	u.CreatedAt, u.UpdatedAt = u.CreatedAt.UTC(), u.UpdatedAt.UTC()
	if u.LastLogin != nil {
		t := u.LastLogin.UTC()
		u.LastLogin = &t
	}
}

func scanUser(r rows) (User, error) {
	var u User
	err := r.Scan(u.dest()...)
	u.utc()
	return u, err
}

// UserByID returns one account, active or not, or ErrNotFound.
func (q Queries) UserByID(ctx context.Context, id uuid.UUID) (User, error) {
	return q.user(ctx, "find user "+id.String(), `SELECT `+userColumns+` FROM meet_user u WHERE u.id = $1`, id)
}

// UserBySub returns the account with the OIDC subject, active or not, or
// ErrNotFound.
func (q Queries) UserBySub(ctx context.Context, sub string) (User, error) {
	return q.user(ctx, "find user by sub", `SELECT `+userColumns+` FROM meet_user u WHERE u.sub = $1`, sub)
}

func (q Queries) user(ctx context.Context, attempt, text string, arg any) (User, error) {
	var u User
	if err := one(ctx, q.c, text, []any{arg}, u.dest()...); err != nil {
		return User{}, fmt.Errorf("%s: %w", attempt, err)
	}
	u.utc()
	return u, nil
}

// UsersByEmail returns the accounts with the address, ignoring the case of ASCII
// letters (identifier.Fold), newest first.
func (q Queries) UsersByEmail(ctx context.Context, email string) ([]User, error) {
	list, err := quickAll(ctx, q.c, scanUser,
		`SELECT `+userColumns+` FROM meet_user u WHERE `+q.c.folded("u.email")+` = $1 ORDER BY u.created_at DESC, u.id`, identifier.Fold(email))
	if err != nil {
		return nil, fmt.Errorf("find users by e-mail: %w", err)
	}
	return list, nil
}

// UsersByID returns those of the accounts that exist, by id, in one statement.
func (q Queries) UsersByID(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]User, error) {
	found := make(map[uuid.UUID]User, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	in, args := marked(nil, ids)
	_, err := all(ctx, q.c, func(r rows) (u User, err error) {
		u, err = scanUser(r)
		found[u.ID] = u
		return u, err
	}, `SELECT `+userColumns+` FROM meet_user u WHERE u.id IN (`+in+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("find users: %w", err)
	}
	return found, nil
}

// CreateUser stores an account. Unset fields get an ID, dates, an unusable
// password, language en-us, zone UTC and an empty configuration. A taken sub or
// e-mail is a Conflict.
func (q Queries) CreateUser(ctx context.Context, u User) (User, error) {
	if u.ID == uuid.Nil {
		u.ID = uuid.New()
	}
	u.CreatedAt = stamp(time.Now())
	u.UpdatedAt = u.CreatedAt
	if u.Password == "" {
		u.Password = unusablePassword()
	}
	if u.Language == "" {
		u.Language = "en-us"
	}
	if u.Timezone == "" {
		u.Timezone = "UTC"
	}
	u.LastLogin = stampOf(u.LastLogin)
	var err error
	if u.DefaultRoomConfiguration, err = object(u.DefaultRoomConfiguration); err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	err = q.telling(ctx, module.EventUserCreated, func(q Queries) error {
		if err := q.insertUser(ctx, u); err != nil {
			return err
		}
		return q.tell(ctx, module.EventUserCreated, uuid.Nil, module.UserCreated{User: u.ID, By: module.AuthorFrom(ctx)})
	})
	if err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}

func (q Queries) insertUser(ctx context.Context, u User) error {
	_, err := q.c.exec(ctx, `INSERT INTO meet_user (id, created_at, updated_at, last_login, password, sub, email,
		admin_email, full_name, short_name, language, timezone, is_device, is_staff, is_superuser, is_active,
		default_room_access_level, default_room_configuration)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		u.ID, u.CreatedAt, u.UpdatedAt, u.LastLogin, u.Password, u.Sub, u.Email, u.AdminEmail, u.FullName, u.ShortName,
		u.Language, u.Timezone, u.IsDevice, u.IsStaff, u.IsSuperuser, u.IsActive,
		u.DefaultRoomAccessLevel, string(u.DefaultRoomConfiguration))
	return translate(err)
}

// UpdateClaims stores what a sign-in reported; like the replaced server it leaves
// updated_at alone (database.md 6). ErrNotFound if there is no such account.
func (q Queries) UpdateClaims(ctx context.Context, id uuid.UUID, c Claims) error {
	return q.telling(ctx, module.EventUserChanged, func(q Queries) error {
		return q.changeUser(ctx, id, func() error {
			n, err := q.c.exec(ctx, `UPDATE meet_user SET sub = COALESCE($2, sub), email = COALESCE($3, email),
				full_name = COALESCE($4, full_name), short_name = COALESCE($5, short_name) WHERE id = $1`,
				id, c.Sub, c.Email, c.FullName, c.ShortName)
			return changed("update claims of user "+id.String(), n, err)
		})
	})
}

// changeUser runs change and, if anybody listens, tells what it changed. If there
// is no such account, change must report that.
func (q Queries) changeUser(ctx context.Context, id uuid.UUID, change func() error) error {
	if q.tx == nil || !q.wanted(module.EventUserChanged) {
		return change()
	}
	err := one(ctx, q.c, q.c.locking(`SELECT s.id FROM meet_user s WHERE s.id = $1`), []any{id}, new(uuid.UUID))
	if errors.Is(err, ErrNotFound) {
		return change()
	}
	if err != nil {
		return fmt.Errorf("lock user %s: %w", id, err)
	}
	before, err := q.UserByID(ctx, id)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := q.UserByID(ctx, id)
	if err != nil {
		return err
	}
	names := userDifferences(before, after)
	if len(names) == 0 {
		return nil
	}
	return q.tell(ctx, module.EventUserChanged, uuid.Nil, module.UserChanged{User: id, Changed: names, By: module.AuthorFrom(ctx)})
}

// TouchLogin records the last sign-in; updated_at stays.
func (q Queries) TouchLogin(ctx context.Context, id uuid.UUID, at time.Time) error {
	n, err := q.c.exec(ctx, `UPDATE meet_user SET last_login = $2 WHERE id = $1`, id, stamp(at))
	return changed("record login of user "+id.String(), n, err)
}

// UserChange is what users change in their own account; nil leaves the value as
// it is.
type UserChange struct {
	Timezone, Language   *string
	RoomAccessLevel      *string // "" is distinct from null
	ClearRoomAccessLevel bool    // store null
	RoomConfiguration    json.RawMessage
}

// UpdateUser stores the change, bumps updated_at, and returns the account as it
// is then. ErrNotFound if there is no such account.
func (q Queries) UpdateUser(ctx context.Context, id uuid.UUID, change UserChange) (u User, err error) {
	var configuration any
	if change.RoomConfiguration != nil {
		raw, err := object(change.RoomConfiguration)
		if err != nil {
			return User{}, fmt.Errorf("update user %s: %w", id, err)
		}
		configuration = string(raw)
	}
	err = q.atomic(ctx, func(q Queries) error {
		err := q.changeUser(ctx, id, func() error {
			n, err := q.c.exec(ctx, `UPDATE meet_user SET updated_at = $2, timezone = COALESCE($3, timezone),
				language = COALESCE($4, language),
				default_room_access_level = CASE WHEN $5 THEN NULL ELSE COALESCE($6, default_room_access_level) END,
				default_room_configuration = COALESCE($7, default_room_configuration) WHERE id = $1`,
				id, stamp(time.Now()), change.Timezone, change.Language,
				change.ClearRoomAccessLevel, change.RoomAccessLevel, configuration)
			return changed("update user "+id.String(), n, err)
		})
		if err != nil {
			return err
		}
		u, err = q.UserByID(ctx, id)
		return err
	})
	return u, err
}

// changed turns a statement that matched no row into ErrNotFound.
func changed(attempt string, n int, err error) error {
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", attempt, translate(err))
	}
	return nil
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// unusablePassword is the marker of accounts without one: "!" and 40 random
// letters or digits (database.md 6).
func unusablePassword() string {
	b := make([]byte, 40)
	rand.Read(b)
	for i := range b {
		// 256 is not a multiple of 62, but a marker need not be uniform.
		b[i] = letters[int(b[i])%len(letters)]
	}
	return "!" + string(b)
}

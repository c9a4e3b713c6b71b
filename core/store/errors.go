package store

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"foyer/sdk/module"
)

// ErrInvalid is a value that the store cannot hold: text with a NUL or longer
// than its column, JSON that is not an object or that jsonb cannot hold.
var ErrInvalid = module.ErrInvalid

// conflictOf names the rule behind a unique constraint or index of PostgreSQL, or
// behind the columns that SQLite reports.
var conflictOf = map[string]string{
	"meet_room_slug_key":                            "slug",
	"meet_room_pin_code_key":                        "pin_code",
	"meet_user_sub_key":                             "sub",
	"meet_user_admin_email_key":                     "admin_email",
	"unique_email_when_sub_is_null":                 "email",
	"resource_access_unique_user_resource":          "access",
	"unique_initiated_or_active_recording_per_room": "recording",
	"meet_recording_external_process_id_key":        "process",
	"meet_application_client_id_key":                "client_id",

	"meet_room.slug":        "slug",
	"meet_room.pin_code":    "pin_code",
	"meet_user.sub":         "sub",
	"meet_user.admin_email": "admin_email",
	"meet_resource_access.user_id, meet_resource_access.resource_id": "access",
	"index 'unique_email_when_sub_is_null'":                          "email",
	"meet_application.client_id":                                     "client_id",
	"meet_recording.room_id":                                         "recording",
	"meet_recording.external_process_id":                             "process",
}

// Result codes of SQLite (sqlite.org/rescode.html).
const (
	sqliteUnique     = 2067
	sqlitePrimaryKey = 1555
	sqliteCheck      = 275
)

// SQLSTATE codes of PostgreSQL.
const (
	pgUnique       = "23505"
	pgBadEncoding  = "22021"
	pgUntranslated = "22P05"
	pgTooLong      = "22001"
	pgBadText      = "22P02"
	pgOutOfRange   = "22003"
	pgTooComplex   = "54001"
)

// translate turns an engine's error into one of the store's, only once.
func translate(err error) error {
	if err == nil || errors.Is(err, ErrConflict) || errors.Is(err, ErrInvalid) || errors.Is(err, errShared) {
		return err
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case pgUnique:
			return fmt.Errorf("%w: %w", &Conflict{Field: conflictOf[pg.ConstraintName]}, err)
		case pgBadEncoding, pgUntranslated, pgTooLong, pgBadText, pgOutOfRange, pgTooComplex:
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		case pgStatementExists, pgStatementUnknown:
			return advised(pg)
		}
		return err
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() {
		case sqliteUnique, sqlitePrimaryKey:
			// "constraint failed: UNIQUE constraint failed: meet_user.sub (2067)"
			_, what, _ := strings.Cut(lite.Error(), "UNIQUE constraint failed: ")
			what, _, _ = strings.Cut(what, " (")
			return fmt.Errorf("%w: %w", &Conflict{Field: conflictOf[what]}, err)
		case sqliteCheck: // the length limits that PostgreSQL's types have
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	return err
}

// Holds reports whether a text fits a column of most characters.
func Holds(text string, most int) bool {
	return wellFormed([]any{text}) == nil && utf8.RuneCountInString(text) <= most
}

// wellFormed refuses text that PostgreSQL cannot hold, so that SQLite, which
// takes any bytes, answers the same.
func wellFormed(args []any) error {
	for _, arg := range args {
		var text string
		switch v := arg.(type) {
		case string:
			text = v
		case *string:
			if v != nil {
				text = *v
			}
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return fmt.Errorf("%w: text with a NUL or broken UTF-8", ErrInvalid)
		}
	}
	return nil
}

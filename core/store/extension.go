package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// similar returns the fully qualified name of pg_trgm's operator: the extension
// may be in a schema outside the search path. "" = it cannot be used, for the
// reason in why. It is looked up each time, since an administrator may move it.
func (s *Store) similar(ctx context.Context) (operator, why string, err error) {
	var schema string
	var open bool
	err = one(ctx, s.c, `SELECT quote_ident(n.nspname), has_schema_privilege(n.oid, 'USAGE')
		FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'`, nil, &schema, &open)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", "the database does not have it: CREATE EXTENSION pg_trgm", nil
	case err != nil:
		return "", "", fmt.Errorf("look for pg_trgm: %w", err)
	case !open:
		return "", "its schema is closed to this role: GRANT USAGE ON SCHEMA " + schema, nil
	}
	return `OPERATOR(` + schema + `.%>)`, "", nil
}

// tellOfSearch warns if searching accounts costs more than it should.
func (s *Store) tellOfSearch(ctx context.Context) error {
	if s.pool == nil {
		return nil
	}
	_, why, err := s.similar(ctx)
	if why != "" {
		s.log.WarnContext(ctx, "PostgreSQL's pg_trgm cannot be used: a search for accounts reads all addresses instead", "advice", why)
	}
	return err
}

// SQLSTATE codes of an extension that cannot be created.
const (
	pgForbidden   = "42501"
	pgUnsupported = "0A000" // its files are not on the server
	pgNoFile      = "58P01" // as older releases report it
)

// extensionAdvised adds advice to the error of a first migration that cannot
// create the extension.
func extensionAdvised(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || !strings.Contains(pg.Message, "pg_trgm") {
		return err
	}
	switch pg.Code {
	case pgForbidden:
		return fmt.Errorf("%w: have an administrator run CREATE EXTENSION pg_trgm in this database, in any schema, "+
			"or GRANT CREATE ON DATABASE to this role; then start again", err)
	case pgUnsupported, pgNoFile:
		return fmt.Errorf("%w: install PostgreSQL's contrib modules on its server, then start again", err)
	}
	return err
}

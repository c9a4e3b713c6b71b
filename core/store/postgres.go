package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"foyer/core/config"
)

func openPostgres(ctx context.Context, s *Store, cfg config.Database) error {
	pc, err := pgxpool.ParseConfig(pgURL(cfg.URL.Reveal()))
	if err != nil {
		// pgx shows the address without the password; we do not show even that.
		return fmt.Errorf("read database.url: not a PostgreSQL URL")
	}
	pc.MaxConns = int32(max(cfg.MaxConns, 2)) //nolint:gosec // a pool size
	pc.ConnConfig.ConnectTimeout = cfg.ConnectTimeout
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if pc.ConnConfig.RuntimeParams["application_name"] == "" {
		pc.ConnConfig.RuntimeParams["application_name"] = "foyer"
	}
	pc.ConnConfig.Tracer = otelpgx.NewTracer()
	if err := s.connect(ctx, pc, cfg.PoolMode); err != nil {
		return fmt.Errorf("connect to the database at %s:%d (database.url): %w",
			pc.ConnConfig.Host, pc.ConnConfig.Port, reason(err, cfg.ConnectTimeout))
	}
	return nil
}

// reason is the cause of a failed connection on one line: pgx lists every
// attempt, with and without TLS and for each address.
func reason(err error, timeout time.Duration) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return advised(refused)
	}
	if errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err) {
		return fmt.Errorf("no answer within %s (database.connect_timeout)", timeout)
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		return unknown
	}
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		return failed.Err
	}
	return err
}

// pgURL accepts the replaced server's spellings (settings.md 2.2): pgsql://, and
// currentSchema for the search path.
func pgURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" { // keyword=value pairs are left to pgx
		return text
	}
	if u.Scheme == "pgsql" {
		u.Scheme = "postgres"
	}
	q := u.Query()
	if schema := q.Get("currentSchema"); schema != "" {
		q.Del("currentSchema")
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
	}
	return u.String()
}

package store

import (
	"context"
	"fmt"
	"net/url"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5/pgxpool"

	"foyer/core/config"
)

func openPostgres(ctx context.Context, cfg config.Database) (*Store, error) {
	pc, err := pgxpool.ParseConfig(pgURL(cfg.URL.Reveal()))
	if err != nil {
		// pgx shows the address without the password, and we not even that.
		return nil, fmt.Errorf("read database.url: not a PostgreSQL URL")
	}
	pc.MaxConns = int32(max(cfg.MaxConns, 2)) //nolint:gosec // a pool size
	pc.ConnConfig.ConnectTimeout = cfg.ConnectTimeout
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if pc.ConnConfig.RuntimeParams["application_name"] == "" {
		pc.ConnConfig.RuntimeParams["application_name"] = "foyer"
	}
	pc.ConnConfig.Tracer = otelpgx.NewTracer()
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Store{Queries: Queries{pgConn{pool}}, pool: pool, migrating: make(chan struct{}, 1)}
	if err := s.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to %s:%d: %w", pc.ConnConfig.Host, pc.ConnConfig.Port, err)
	}
	return s, nil
}

// pgURL accepts the replaced server's spellings (settings.md 2.2): pgsql://,
// and currentSchema for the search path.
func pgURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" { // keyword=value pairs are pgx's affair
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

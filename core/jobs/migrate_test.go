package jobs_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

func TestMigrate_is_idempotent_and_refuses_a_newer_build(t *testing.T) {
	onEmpty(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s := open(t, db)
		c, err := jobs.New(s, defaults(), runner{}, nilLog())
		require.NoError(t, err)
		require.ErrorIs(t, c.Check(ctx), jobs.ErrSchema)
		require.NoError(t, c.Migrate(ctx))
		require.NoError(t, c.Check(ctx))
		before := objects(t, s)
		require.NoError(t, c.Migrate(ctx))
		require.Equal(t, before, objects(t, s))
		require.NotEmpty(t, before)
		require.NoError(t, s.Migrate(ctx), "the two kinds of tables do not mind each other")
		require.NoError(t, s.Check(ctx))

		execute(t, s, "INSERT INTO river_migration (line, version) VALUES ('main', 999)")
		require.ErrorIs(t, c.Check(ctx), jobs.ErrSchema)
		require.ErrorIs(t, c.Migrate(ctx), jobs.ErrSchema)
	})
}

func TestMigrate_lets_replicas_take_turns(t *testing.T) {
	ctx, db := context.Background(), postgres(t)
	db.URL = conf.NewSecret(pgdev.New(t))
	s := open(t, db)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c, err := jobs.New(s, defaults(), runner{}, nilLog())
			require.NoError(t, err)
			require.NoError(t, c.Migrate(ctx))
		})
	}
	wg.Wait()
}

// objects lists tables and indexes with their definitions.
func objects(t *testing.T, s *store.Store) []string {
	t.Helper()
	ctx := context.Background()
	var list []string
	scan := func(next func() bool, scan func(...any) error) {
		for next() {
			var a, b string
			require.NoError(t, scan(&a, &b))
			list = append(list, a+" "+b)
		}
	}
	if db := s.SQLDB(); db != nil {
		rows, err := db.QueryContext(ctx, "SELECT name, COALESCE(sql, '') FROM sqlite_master ORDER BY name")
		require.NoError(t, err)
		defer rows.Close()
		scan(rows.Next, rows.Scan)
		require.NoError(t, rows.Err())
		return list
	}
	rows, err := s.PgxPool().Query(ctx, `SELECT table_name || '.' || column_name, data_type FROM information_schema.columns
		WHERE table_schema = 'public' UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`)
	require.NoError(t, err)
	defer rows.Close()
	scan(rows.Next, rows.Scan)
	require.NoError(t, rows.Err())
	return list
}

func execute(t *testing.T, s *store.Store, query string) {
	t.Helper()
	var err error
	if db := s.SQLDB(); db != nil {
		_, err = db.ExecContext(context.Background(), query)
	} else {
		_, err = s.PgxPool().Exec(context.Background(), query)
	}
	require.NoError(t, err)
}

package meetings_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/linedev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// The only stored check is gone, as if the process that had begun it died, or the
// database accepted no writes when it was due to be stored.
func TestLooks_at_the_meetings_begin_again_after_the_database_was_away(t *testing.T) {
	t.Parallel()
	direct := pgdev.New(t)
	line, address := linedev.NewT(t, direct)
	coretest.Open(t, func(t *testing.T, c *config.Config) {
		c.Database.Dir, c.Database.URL, c.Meetings.WatchEvery = t.TempDir(), conf.NewSecret(address), time.Second
	})
	admin, err := pgx.Connect(t.Context(), direct)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	const looks = ` FROM river_job WHERE args->>'module' = 'core.meetings' AND args->>'kind' = 'watch'`
	waiting := func() (n int) {
		require.NoError(t, admin.QueryRow(t.Context(), `SELECT count(*)`+looks+` AND state = 'scheduled'`).Scan(&n))
		return n
	}
	require.Eventually(t, func() bool { return waiting() > 0 }, coretest.WaitLong, coretest.WaitShort)
	line.Cut()
	_, err = admin.Exec(t.Context(), `DELETE`+looks)
	require.NoError(t, err)
	require.Zero(t, waiting())
	line.Mend(t)
	require.Eventually(t, func() bool { return waiting() > 0 }, coretest.WaitLong, coretest.WaitShort)
}

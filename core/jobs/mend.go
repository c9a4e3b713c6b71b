package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/store"
	"foyer/sdk/module"
)

// mendEvery is how often times are checked, by a ticker that ignores clock
// changes.
const mendEvery = 30 * time.Second

// A clock that jumped ahead and came back leaves times in the far future: jobs
// that re-armed themselves or failed meanwhile would wait for them, and a queue
// leader that died then would have no successor. These statements bring back to
// now whatever is later than it can be by the database's clock. A minute and a
// half is not a fault: clocks differ, a postponed job waits up to a minute
// (lastLook), and a leader's term lasts 15 s.
//
// A waiting job may wait for its delay (metadata), a failed one for its longest
// pause (backoff), a due one not at all.
var (
	mendPostgres = []string{`
UPDATE river_job SET scheduled_at = now() + b.bound
FROM (
	SELECT id, CASE state
		WHEN 'available' THEN interval '0'
		WHEN 'retryable' THEN make_interval(secs => least(21600, 1 << least(attempt, 20)::int) * 1.25)
		ELSE make_interval(secs => (metadata->>'foyer:delay')::float8 / 1000)
	END AS bound
	FROM river_job WHERE state IN ('available', 'retryable', 'scheduled') AND scheduled_at > now() + interval '90 seconds'
) AS b
WHERE river_job.id = b.id AND river_job.state IN ('available', 'retryable', 'scheduled')
	AND river_job.scheduled_at > now() + b.bound + interval '90 seconds'`,
		`UPDATE river_job SET attempted_at = now() WHERE state = 'running' AND attempted_at > now() + interval '90 seconds'`,
		`DELETE FROM river_leader WHERE expires_at > now() + interval '90 seconds'`,
	}
	mendSQLite = []string{`
UPDATE river_job SET scheduled_at = datetime('now', 'subsec', b.bound || ' seconds')
FROM (
	SELECT id, CASE state
		WHEN 'available' THEN 0.0
		WHEN 'retryable' THEN min(21600, 1 << min(attempt, 20)) * 1.25
		ELSE json_extract(metadata, '$."foyer:delay"') / 1000.0
	END AS bound
	FROM river_job WHERE state IN ('available', 'retryable', 'scheduled') AND scheduled_at > datetime('now', 'subsec', '+90 seconds')
) AS b
WHERE river_job.id = b.id AND river_job.scheduled_at > datetime('now', 'subsec', (b.bound + 90) || ' seconds')`,
		`UPDATE river_job SET attempted_at = datetime('now', 'subsec') WHERE state = 'running' AND attempted_at > datetime('now', 'subsec', '+90 seconds')`,
		`DELETE FROM river_leader WHERE expires_at > datetime('now', 'subsec', '+90 seconds')`,
	}
)

// mend brings back what waits because of a clock's mistake, and returns how many.
func (c *Client) mend(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, mendEvery)
	defer cancel()
	total := 0
	for _, text := range c.mending() {
		n, err := c.exec(ctx, text)
		if err != nil {
			return total, fmt.Errorf("bring back jobs that a clock put off: %w", err)
		}
		total += n
	}
	return total, nil
}

func (c *Client) mending() []string {
	if c.store.PgxPool() == nil {
		return mendSQLite
	}
	return mendPostgres
}

func (c *Client) exec(ctx context.Context, text string) (int, error) {
	if pool := c.store.PgxPool(); pool != nil {
		tag, err := pool.Exec(ctx, text)
		return int(tag.RowsAffected()), store.Away(err)
	}
	r, err := c.store.SQLDB().ExecContext(ctx, text)
	if err != nil {
		return 0, store.Away(err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// mendAlways mends until ctx ends.
func (c *Client) mendAlways(ctx context.Context) {
	tick := time.NewTicker(c.mendEvery)
	defer tick.Stop()
	for {
		n, err := c.mend(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, module.ErrUnavailable): // which the store reports
			c.log.DebugContext(ctx, "jobs that a clock put off are looked for later", "error", err)
		case err != nil:
			c.log.WarnContext(ctx, "jobs that a clock put off are looked for later", "error", err)
		case n > 0:
			c.log.WarnContext(ctx, "a clock had jumped ahead: what waited for that is brought back", "rows", n)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

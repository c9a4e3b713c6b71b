package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivermigrate"
)

// ErrSchema means that the queue's tables are not those this build works with.
var ErrSchema = errors.New("job tables are not current")

// Migrate brings the queue's own tables (river_*) up to date and touches no
// others. It does nothing if they are current, and refuses tables of a newer
// build. Replicas take turns.
func (c *Client) Migrate(ctx context.Context) error {
	if err := c.queue.migrate(ctx); err != nil {
		return fmt.Errorf("migrate job tables: %w", err)
	}
	return nil
}

// Check returns, without writing, nil if Migrate has nothing to do, else
// ErrSchema.
func (c *Client) Check(ctx context.Context) error {
	if err := c.queue.check(ctx); err != nil {
		return fmt.Errorf("check job tables: %w", err)
	}
	return nil
}

func (e *engine[T]) migrate(ctx context.Context) error {
	missing, err := e.missing(ctx)
	if err != nil || missing == 0 {
		return err
	}
	return e.alone(ctx, func(ctx context.Context) error {
		_, err := e.migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

func (e *engine[T]) check(ctx context.Context) error {
	missing, err := e.missing(ctx)
	if err != nil {
		return err
	}
	if missing > 0 {
		return fmt.Errorf("%w: %d migrations to apply", ErrSchema, missing)
	}
	return nil
}

// missing counts the migrations to apply; a version unknown to this build is an
// error.
func (e *engine[T]) missing(ctx context.Context) (int, error) {
	applied, err := e.migrator.ExistingVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	return len(e.migrator.AllVersions()) - len(applied), nil
}

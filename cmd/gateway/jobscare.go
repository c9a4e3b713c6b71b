package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/jobs"
)

// changeCommand is a command that does something to every job named, or to all that have
// failed for good.
func (d *jobDesk) changeCommand(name, short, did string, do func(*jobs.Client, context.Context, int64) error) *cobra.Command {
	f := jobs.Filter{States: []jobs.State{jobs.GivenUp}, Limit: 1000}
	var all bool
	cmd := &cobra.Command{
		Use:   name + " ID... | --all",
		Short: short,
		Long: short + ": jobs that are named, which failed for good or wait, or with --all every job that failed for good.\n" +
			"It is a gateway that runs them.",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return errors.New("name jobs or say --all, not both")
			case !all && len(args) == 0:
				return errors.New("name a job by its id, which 'gateway jobs list' shows, or say --all")
			case !all && f.Topic+f.Kind != "":
				return errors.New("--topic and --kind go with --all")
			}
			_, err := jobIDs(args)
			return err
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.named(cmd, args, func(desk *core.Desk, ids []int64) (err error) {
				if all {
					if ids, err = every(cmd.Context(), desk.Jobs, f); err != nil {
						return err
					}
				}
				return d.change(ids, did, func(id int64) error { return do(desk.Jobs, cmd.Context(), id) })
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every job that failed for good")
	chosen(cmd, &f)
	return cmd
}

// every returns the ids of all selected jobs, the oldest last.
func every(ctx context.Context, c *jobs.Client, f jobs.Filter) (ids []int64, err error) {
	for {
		page, err := c.List(ctx, f)
		if err != nil || len(page) == 0 {
			return ids, err
		}
		for _, j := range page {
			ids = append(ids, j.ID)
		}
		f.Before = page[len(page)-1].ID
	}
}

// change does something to every job and reports each. A failure of one does not affect
// the others.
func (d *jobDesk) change(ids []int64, did string, do func(int64) error) error {
	var errs []error
	for _, id := range ids {
		if err := do(id); err != nil {
			errs = append(errs, fmt.Errorf("%d: %w", id, noJob(err)))
			continue
		}
		if !d.json {
			fmt.Fprintf(d.out, "%d: %s\n", id, did)
			continue
		}
		if err := d.writeJSON(map[string]any{"id": id, "did": did}); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

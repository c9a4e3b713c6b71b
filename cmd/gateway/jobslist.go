package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/jobs"
)

// errorShown is how much of an error fits in a list line, in characters.
const errorShown = 100

func (d *jobDesk) listCommand() *cobra.Command {
	f := jobs.Filter{Limit: 50}
	var states []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Jobs that failed for good or wait, newest first",
		Long: "Jobs that failed for good (given_up) are kept for 30 days, those that wait until they are done. A job that failed waits\n" +
			"for another try at first. Arguments are not shown, only the ids in them.",
		Args: func(cmd *cobra.Command, args []string) error {
			for _, s := range states {
				if !jobs.State(s).Known() {
					return fmt.Errorf("--state: %q is not one of given_up, waiting, running, done", s)
				}
				f.States = append(f.States, jobs.State(s))
			}
			if f.Limit < 1 || f.Limit > 1000 {
				return errors.New("--limit: say a number from 1 to 1000")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.atDesk(cmd.Context(), func(desk *core.Desk, _ *config.Config) error {
				list, err := desk.Jobs.List(cmd.Context(), f)
				if err != nil {
					return err
				}
				return d.writeJobs(list)
			})
		},
	}
	cmd.Flags().StringSliceVar(&states, "state", []string{string(jobs.GivenUp), string(jobs.Waiting)}, "only those in these states")
	cmd.Flags().Int64Var(&f.Before, "before", 0, "older ones than the job of this id")
	cmd.Flags().IntVar(&f.Limit, "limit", f.Limit, "how many at most")
	chosen(cmd, &f)
	return cmd
}

func (d *jobDesk) writeJobs(list []jobs.Job) error {
	if d.json {
		for _, j := range list {
			if err := d.writeJSON(jobLineOf(j)); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tTOPIC\tKIND\tABOUT\tATTEMPTS\tNEXT TRY\tLAST ERROR")
	for _, j := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%d/%d\t%s\t%s\n", j.ID, j.State, plainly(j.Topic), plainly(j.Kind), plainly(j.About),
			j.Attempts, j.MaxAttempts, dueOr(j.Next), orDash(short(j.Error())))
	}
	return w.Flush()
}

// dueOr formats when a job is due, "-" if it is not.
func dueOr(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return when(&at)
}

// short returns the beginning of a text, on one line.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if all := []rune(text); len(all) > errorShown {
		text = string(all[:errorShown]) + "…"
	}
	return text
}

func (d *jobDesk) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "One job, with how each attempt failed",
		Args: cobra.MatchAll(cobra.ExactArgs(1), func(_ *cobra.Command, args []string) error {
			_, err := jobIDs(args)
			return err
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.named(cmd, args, func(desk *core.Desk, ids []int64) error {
				j, err := desk.Jobs.ByID(cmd.Context(), ids[0])
				if err != nil {
					return noJob(err)
				}
				if d.json {
					line := jobLineOf(j)
					for _, f := range j.Failures {
						line.Failures = append(line.Failures, failureLine(f))
					}
					return d.writeJSON(line)
				}
				return describe(d.out, j)
			})
		},
	}
}

// describe prints a job for people.
func describe(out io.Writer, j jobs.Job) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }
	line("id", j.ID)
	line("state", j.State)
	line("topic", plainly(j.Topic))
	line("kind", plainly(j.Kind))
	line("about", plainly(j.About))
	line("attempts", fmt.Sprintf("%d of %d", j.Attempts, j.MaxAttempts))
	line("stored", when(&j.CreatedAt))
	line("next try", dueOr(j.Next))
	line("ended", dueOr(j.EndedAt))
	for _, f := range j.Failures {
		line(fmt.Sprintf("attempt %d", f.Attempt), when(&f.At)+" "+strings.Join(strings.Fields(f.Error), " "))
	}
	return w.Flush()
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/jobs"
)

// jobsCommand manages the jobs stored in the database, even while gateways run on it.
func jobsCommand(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "Look at stored work that waits or failed, and try it again",
		Args:  cobra.NoArgs,
	}
	d := &jobDesk{invocation: in}
	cmd.PersistentFlags().BoolVar(&d.json, "json", false, "write JSON, one object a line")
	cmd.AddCommand(d.listCommand(), d.showCommand(),
		d.changeCommand("retry", "Have jobs run now", "will be run again", (*jobs.Client).Retry),
		d.changeCommand("discard", "Remove jobs for good", "discarded", (*jobs.Client).Discard))
	return cmd
}

// jobDesk is what the commands for jobs share.
type jobDesk struct {
	*invocation
	json bool
}

// chosen adds the flags that select jobs.
func chosen(cmd *cobra.Command, f *jobs.Filter) {
	cmd.Flags().StringVar(&f.Topic, "topic", "", "only those of this module, or of this topic of the core")
	cmd.Flags().StringVar(&f.Kind, "kind", "", "only those of this kind")
}

// jobIDs parses arguments as job ids.
func jobIDs(args []string) ([]int64, error) {
	ids := make([]int64, len(args))
	for i, arg := range args {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || id < 1 {
			return nil, fmt.Errorf("%q is not the id of a job: 'gateway jobs list' shows them", arg)
		}
		ids[i] = id
	}
	return ids, nil
}

// named does something to the jobs that the arguments name.
func (d *jobDesk) named(cmd *cobra.Command, args []string, do func(desk *core.Desk, ids []int64) error) error {
	ids, err := jobIDs(args)
	if err != nil {
		return err
	}
	return d.atDesk(cmd.Context(), func(desk *core.Desk, _ *config.Config) error { return do(desk, ids) })
}

// jobLine is a job as JSON.
type jobLine struct {
	ID          int64         `json:"id"`
	State       jobs.State    `json:"state"`
	Topic       string        `json:"topic"`
	Kind        string        `json:"kind"`
	About       string        `json:"about"`
	Attempts    int           `json:"attempts"`
	MaxAttempts int           `json:"max_attempts"`
	CreatedAt   time.Time     `json:"created_at"`
	NextTry     time.Time     `json:"next_try,omitzero"`
	EndedAt     time.Time     `json:"ended_at,omitzero"`
	LastError   string        `json:"last_error"`
	Failures    []failureLine `json:"failures,omitempty"` // only in jobs show
}

// failureLine is a failed attempt as JSON.
type failureLine struct {
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Error   string    `json:"error"`
}

func jobLineOf(j jobs.Job) jobLine {
	return jobLine{
		ID: j.ID, State: j.State, Topic: j.Topic, Kind: j.Kind, About: j.About, Attempts: j.Attempts, MaxAttempts: j.MaxAttempts,
		CreatedAt: j.CreatedAt, NextTry: j.Next, EndedAt: j.EndedAt, LastError: j.Error(),
	}
}

// writeJSON prints one object per line.
func (d *jobDesk) writeJSON(v any) error {
	enc := json.NewEncoder(d.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// noJob puts an error about a job into an operator's words.
func noJob(err error) error {
	for known, text := range map[error]string{
		jobs.ErrNotFound: "there is no such job",
		jobs.ErrRunning:  "it is running",
		jobs.ErrDone:     "it is done",
	} {
		if errors.Is(err, known) {
			return errors.New(text)
		}
	}
	return err
}

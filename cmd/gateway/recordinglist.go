package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
)

func recordingListCommand(in *invocation) *cobra.Command {
	var status string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The newest recordings with room, status, mode and owner",
		Args: func(cmd *cobra.Command, args []string) error {
			if s := store.RecordingStatus(status); status != "" && !s.Known() {
				return fmt.Errorf("%q is not a status of a recording", status)
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return in.atDesk(cmd.Context(), func(d *core.Desk, _ *config.Config) error {
				lines, err := operated(d).Lines(cmd.Context(), store.RecordingCursor{}, store.RecordingStatus(status), limit)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(in.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tSTARTED\tROOM\tSTATUS\tMODE\tOWNER\tTO BE TOLD")
				for _, l := range lines {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n",
						l.ID, l.CreatedAt.Format(time.DateTime), l.RoomSlug, l.Status, l.Mode, ownerOf(l), l.OpenNotices)
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "only those with this status")
	cmd.Flags().IntVar(&limit, "limit", 50, "how many at most")
	return cmd
}

// ownerOf names the owner, or says that there is none or more than one.
func ownerOf(l store.RecordingLine) string {
	switch l.Owners {
	case 0:
		return "No owner"
	case 1:
		return l.Owner
	}
	return fmt.Sprintf("Multiple owners (%d)", l.Owners)
}

func recordingShowCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Everything that is known of one recording",
		Args:  cobra.MatchAll(cobra.ExactArgs(1), recordingIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			return in.atDesk(cmd.Context(), func(d *core.Desk, _ *config.Config) error {
				return in.showRecording(cmd, d, uuid.MustParse(args[0]))
			})
		},
	}
}

func (in *invocation) showRecording(cmd *cobra.Command, d *core.Desk, id uuid.UUID) error {
	ctx := cmd.Context()
	r, err := operated(d).Known(ctx, id)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(in.out, 0, 0, 2, ' ', 0)
	line := func(name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }
	line("id", r.Recording.ID)
	line("room", fmt.Sprintf("%s (%s)", r.Room.Slug, r.Room.ID))
	line("started", r.CreatedAt.Format(time.RFC3339))
	line("status", r.Status)
	line("mode", r.Mode)
	line("options", string(r.Options))
	for _, u := range r.Owners {
		line("owner", labelOf(u))
	}
	line("egress", orDash(r.WorkerID))
	line("egress outcome", orDash(r.Outcome))
	line("reason", orDash(r.Reason))
	line("file from", timeOrDash(r.StartedAt))
	line("file to", timeOrDash(r.EndedAt))
	line("stops at", timeOrDash(r.LimitAt))
	line("external job", orDash(r.ProcessID))
	for _, n := range r.Notices {
		line("told "+n.Kind, timeOrDash(n.DoneAt))
	}
	return w.Flush()
}

func labelOf(u store.User) string {
	for _, p := range []*string{u.Email, u.AdminEmail} {
		if p != nil && *p != "" {
			return *p
		}
	}
	return u.ID.String()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func timeOrDash(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Format(time.RFC3339)
}

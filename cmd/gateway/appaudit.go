package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core/store"
)

// line is an audit log entry as JSON.
type line struct {
	ID          uuid.UUID `json:"id"`
	At          time.Time `json:"at"`
	Action      string    `json:"action"`
	Outcome     string    `json:"outcome"`
	ClientID    string    `json:"client_id"`
	Application string    `json:"application,omitempty"`
	User        string    `json:"user,omitempty"`
	Email       string    `json:"email,omitempty"`
	Object      string    `json:"object,omitempty"`
	TokenID     string    `json:"token_id,omitempty"`
	Address     string    `json:"address,omitempty"`
	RequestID   string    `json:"request_id,omitempty"`
}

func lineOf(e store.AuditEntry) line {
	return line{
		ID: e.ID, At: e.At, Action: e.Action, Outcome: e.Outcome, ClientID: e.ClientID, Application: shortID(e.Application),
		User: shortID(e.User), Email: e.Email, Object: e.Object, TokenID: e.TokenID, Address: e.Address, RequestID: e.RequestID,
	}
}

func (a *apps) auditCommand() *cobra.Command {
	q := store.AuditQuery{Limit: 50}
	before := ""
	cmd := &cobra.Command{
		Use: "audit [APPLICATION]", Short: "What was issued, refused and changed, newest first", Args: cobra.MaximumNArgs(1),
		Long: "Lines of the audit log, newest first; --json writes one object a line. An application that was deleted is named by\n" +
			"its id.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Limit < 1 || q.Limit > 10_000 {
				return errors.New("--limit: say a number from 1 to 10000")
			}
			if before != "" {
				if q.Before, err = uuid.Parse(before); err != nil {
					return fmt.Errorf("--before: %q is not the id of a line: --json shows them", before)
				}
			}
			return a.with(cmd.Context(), func(b book) error { return a.audit(cmd.Context(), b, q, args) })
		},
	}
	cmd.Flags().IntVar(&q.Limit, "limit", q.Limit, "how many lines")
	cmd.Flags().StringVar(&before, "before", "", "older ones than the line of this id")
	return cmd
}

func (a *apps) audit(ctx context.Context, b book, q store.AuditQuery, args []string) error {
	if len(args) == 1 {
		app, err := b.find(ctx, args[0])
		if err != nil {
			id, parseErr := uuid.Parse(args[0])
			if parseErr != nil {
				return err
			}
			app.ID = id
		}
		q.Application = app.ID
	}
	list, err := b.Audit(ctx, q)
	if err != nil {
		return err
	}
	if a.json {
		enc := json.NewEncoder(a.out)
		for _, e := range list {
			if err := enc.Encode(lineOf(e)); err != nil {
				return err
			}
		}
		return nil
	}
	return auditTable(a.out, list)
}

func auditTable(out io.Writer, list []store.AuditEntry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AT\tACTION\tOUTCOME\tCLIENT ID\tUSER\tOBJECT\tADDRESS")
	for _, e := range list {
		user := e.Email
		if user == "" {
			user = shortID(e.User)
		}
		// What a client sent is quoted unless it is plain text.
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", when(&e.At), e.Action, e.Outcome, plainly(e.ClientID), plainly(user), plainly(e.Object), e.Address)
	}
	return w.Flush()
}

// plainly quotes text that a terminal could misinterpret.
func plainly(text string) string {
	if text == "" {
		return "-"
	}
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == '\\' || r > 0x7e {
			return fmt.Sprintf("%q", text)
		}
	}
	return text
}

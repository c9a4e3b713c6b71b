package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core/store"
)

const anyDomain = "any"

// shown is an application as JSON, without anything secret.
type shown struct {
	ID             uuid.UUID  `json:"id"`
	Name           string     `json:"name"`
	ClientID       string     `json:"client_id"`
	Active         bool       `json:"active"`
	Scopes         []string   `json:"scopes"`
	Domains        []string   `json:"domains"`
	RequireDomains bool       `json:"require_domains"`
	Addresses      []string   `json:"addresses"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	Secrets        []lifespan `json:"secrets"`
	Keys           []lifespan `json:"keys"`
}

// lifespan is a secret or a key, identified by its id.
type lifespan struct {
	ID        uuid.UUID  `json:"id"`
	CreatedAt *time.Time `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	LastUsed  *time.Time `json:"last_used"`
}

func show(app store.Application) shown {
	some := func(list []string) []string { return append([]string{}, list...) }
	s := shown{
		ID: app.ID, Name: app.Name, ClientID: app.ClientID, Active: app.IsActive, Scopes: some(app.Scopes), Domains: some(app.Domains),
		RequireDomains: app.RequireDomains, Addresses: some(app.Addresses), CreatedAt: app.CreatedAt, UpdatedAt: app.UpdatedAt,
		Secrets: []lifespan{}, Keys: []lifespan{},
	}
	for _, x := range app.Secrets {
		l := lifespan{ID: x.ID, CreatedAt: &x.CreatedAt, ExpiresAt: x.ExpiresAt}
		if x.CreatedAt.IsZero() { // made by the replaced server, which does not record it
			l.CreatedAt = nil
		}
		s.Secrets = append(s.Secrets, l)
	}
	for _, x := range app.Keys {
		s.Keys = append(s.Keys, lifespan{ID: x.ID, CreatedAt: &x.CreatedAt, ExpiresAt: x.ExpiresAt})
	}
	return s
}

func (a *apps) listCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "All applications", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(b book) error {
				list, err := b.List(cmd.Context())
				if err != nil {
					return err
				}
				every := make([]shown, len(list))
				for i, app := range list {
					every[i] = show(app)
				}
				return a.write(every, func() {
					w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
					fmt.Fprintln(w, "NAME\tCLIENT ID\tACTIVE\tSCOPES\tDOMAINS")
					for _, app := range list {
						fmt.Fprintf(w, "%s\t%s\t%t\t%s\t%s\n", app.Name, app.ClientID, app.IsActive, listed(app.Scopes, "none"), domains(app))
					}
					_ = w.Flush()
				})
			})
		},
	}
}

func (a *apps) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show APPLICATION", Short: "One application with its secrets' dates", Args: one,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withApp(cmd.Context(), args[0], func(b book, app store.Application) error {
				return a.present(cmd.Context(), b, app)
			})
		},
	}
}

// present prints an application.
func (a *apps) present(ctx context.Context, b book, app store.Application) error {
	used, err := b.LastUses(ctx, app.ID)
	if err != nil {
		return err
	}
	v := show(app)
	for _, list := range [][]lifespan{v.Secrets, v.Keys} {
		for i := range list {
			if at, ok := used[list[i].ID.String()]; ok {
				list[i].LastUsed = &at
			}
		}
	}
	return a.write(v, func() {
		rows := [][2]string{
			{"name", v.Name}, {"client id", v.ClientID}, {"id", v.ID.String()}, {"active", fmt.Sprint(v.Active)},
			{"scopes", listed(v.Scopes, "none")}, {"domains", domains(app)}, {"addresses", listed(v.Addresses, "any")},
			{"created", when(&v.CreatedAt)},
		}
		for _, x := range v.Secrets {
			rows = append(rows, [2]string{"secret", x.text()})
		}
		for _, x := range v.Keys {
			rows = append(rows, [2]string{"key", x.text()})
		}
		a.table(rows)
	})
}

func (l lifespan) text() string {
	made := "unknown"
	if l.CreatedAt != nil {
		made = when(l.CreatedAt)
	}
	used := "never"
	if l.LastUsed != nil {
		used = when(l.LastUsed)
	}
	return fmt.Sprintf("%s, created %s, ends %s, last used %s", l.ID, made, when(l.ExpiresAt), used)
}

func listed(list []string, nothing string) string {
	if len(list) == 0 {
		return nothing
	}
	return strings.Join(list, ", ")
}

func domains(app store.Application) string {
	if app.RequireDomains {
		return listed(app.Domains, "none")
	}
	return listed(app.Domains, anyDomain)
}

// when formats a time for people; nil = never.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 MST")
}

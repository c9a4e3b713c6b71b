package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"foyer/core/applications"
	externalapi "foyer/modules/external-api"
)

// fresh is a secret, which is shown only this once.
type fresh struct {
	ClientID      string     `json:"client_id"`
	ClientSecret  string     `json:"client_secret"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	PreviousUntil *time.Time `json:"previous_until,omitempty"`
}

// created is a new application with its secret.
type created struct {
	shown
	ClientSecret string `json:"client_secret"`
}

func (a *apps) createCommand() *cobra.Command {
	var name string
	var r rights
	var expires expiry
	cmd := &cobra.Command{
		Use:   "create --name NAME",
		Short: "Make an application; its secret is shown once",
		Long: "Makes an application and shows its client id and secret, this once: only a hash is kept.\n" +
			"Without --scope it can do nothing. Without --domain it may act for users of any mail domain, unless --require-domains.",
		Example: "  gateway app create --name Calendar --scope rooms:create --domain example.org",
		Args: func(_ *cobra.Command, args []string) error {
			switch name = strings.TrimSpace(name); {
			case len(args) > 0 && name == "":
				return fmt.Errorf("say the name as --name %q", strings.Join(args, " "))
			case len(args) > 0:
				return fmt.Errorf("%q is too much: lists have commas, and names of several words quotes", strings.Join(args, " "))
			case name == "":
				return errors.New("an application needs a name: --name NAME")
			}
			_, err := applications.CheckName(name)
			return flagged(err)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			rights, err := r.read()
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), func(b book) error {
				return a.create(cmd.Context(), b, applications.NewApplication{
					Name: name, Rights: rights, SecretExpires: expires.from(time.Now()),
				})
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what people call it")
	r.flags(cmd, "may", true)
	cmd.Flags().Var(&expires, "expires", "the secret ends after this time, such as 90d or 12h (default: never)")
	return cmd
}

func (a *apps) create(ctx context.Context, b book, n applications.NewApplication) error {
	app, drawn, err := b.Create(ctx, n)
	if err != nil {
		return flagged(err)
	}
	secret := drawn.Reveal()
	err = a.write(created{show(app), secret}, func() {
		a.table([][2]string{{"name", app.Name}, {"client id", app.ClientID}, {"client secret", secret}, {"scopes", listed(app.Scopes, "none")},
			{"domains", domains(app)}, {"addresses", listed(app.Addresses, "any")}, {"secret ends", when(n.SecretExpires)}})
	})
	fmt.Fprintln(a.err, "The secret is not shown again: keep it now.")
	if len(app.Scopes) == 0 {
		fmt.Fprintf(a.err, "It can do nothing yet: gateway app grant %s --scope rooms:create\n", app.ClientID)
	}
	for _, hint := range missing(b.settings, b.on) {
		fmt.Fprintln(a.err, hint)
	}
	return err
}

// missing lists what else is needed before applications get usable tokens.
func missing(c *externalapi.Config, on bool) (hints []string) {
	if !on {
		hints = append(hints, "The external API is off: set modules.external_api.enabled, or ENABLE_EXTERNAL_API=true.")
	}
	if !c.OAuth.Enabled {
		return append(hints, "Applications get no tokens: modules.external_api.application_enabled is false.")
	}
	for _, text := range c.Warnings() {
		hints = append(hints, "modules.external_api."+text)
	}
	return hints
}

// table prints names and values.
func (a *apps) table(rows [][2]string) {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\n", r[0], r[1])
	}
	_ = w.Flush()
}

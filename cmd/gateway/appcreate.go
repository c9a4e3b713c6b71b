package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"foyer/core/config"
	"foyer/core/legacy/credential"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
)

// fresh is a secret that is shown this once.
type fresh struct {
	ClientID      string     `json:"client_id"`
	ClientSecret  string     `json:"client_secret"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	PreviousUntil *time.Time `json:"previous_until,omitempty"`
}

// maxName is how long a name may be (external-api.md 4), in characters.
const maxName = 255

// created is a new application with its secret.
type created struct {
	shown
	ClientSecret string `json:"client_secret"`
}

func (a *apps) createCommand() *cobra.Command {
	var name string
	var r rights
	var expires lifetime
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
			case utf8.RuneCountInString(name) > maxName:
				return fmt.Errorf("--name: %d characters at most, and it has %d", maxName, utf8.RuneCountInString(name))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted, err := r.read()
			if err != nil {
				return err
			}
			wanted.Name, wanted.IsActive = name, true
			return a.with(cmd.Context(), func(s *store.Store, cfg *config.Config) error {
				return a.create(cmd.Context(), s, cfg, wanted, expires.from(time.Now()))
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what people call it")
	r.flags(cmd, "may", true)
	cmd.Flags().Var(&expires, "expires", "the secret ends after this time, such as 90d or 12h (default: never)")
	return cmd
}

func (a *apps) create(ctx context.Context, s *store.Store, cfg *config.Config, app store.Application, end *time.Time) error {
	mine, on, err := settings(cfg)
	if err != nil {
		return err
	}
	if app.ClientID, err = credential.Random(mine.OAuth.ClientIDLength); err != nil {
		return err
	}
	secret, hash, err := newSecret(mine.OAuth.SecretLength)
	if err != nil {
		return err
	}
	app.Secrets = []store.ApplicationSecret{{Hash: hash, ExpiresAt: end}}
	if app, err = s.CreateApplication(ctx, app); err != nil {
		return err
	}
	if err := note(ctx, s, "create", app, all(app)); err != nil {
		return err
	}
	err = a.write(created{show(app), secret}, func() {
		a.table([][2]string{{"name", app.Name}, {"client id", app.ClientID}, {"client secret", secret}, {"scopes", listed(app.Scopes, "none")},
			{"domains", domains(app)}, {"addresses", listed(app.Addresses, "any")}, {"secret ends", when(end)}})
	})
	fmt.Fprintln(a.err, "The secret is not shown again: keep it now.")
	if len(app.Scopes) == 0 {
		fmt.Fprintf(a.err, "It can do nothing yet: gateway app grant %s --scope rooms:create\n", app.ClientID)
	}
	for _, hint := range missing(mine, on) {
		fmt.Fprintln(a.err, hint)
	}
	return err
}

// missing tells what else applications need to get tokens that are worth
// something.
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

// newSecret draws a secret and hashes it in the layout of the replaced server.
func newSecret(length int) (secret, hash string, err error) {
	if secret, err = credential.Random(length); err != nil {
		return "", "", err
	}
	hash, err = credential.Make(secret, credential.RoundsFor(secret))
	return secret, hash, err
}

// table writes names and values.
func (a *apps) table(rows [][2]string) {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\n", r[0], r[1])
	}
	_ = w.Flush()
}

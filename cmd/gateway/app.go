package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/applications"
	"foyer/core/config"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
)

// appCommand manages the applications of the external API in the database, even while
// gateways run on it.
func appCommand(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "app",
		Short: "The applications that use the external API",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q", args[0])
			}
			return errors.New("say what to do")
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	a := &apps{invocation: in}
	cmd.PersistentFlags().BoolVar(&a.json, "json", false, "write JSON")
	cmd.AddCommand(a.createCommand(), a.listCommand(), a.showCommand(), a.rotateCommand(), a.switchCommand("disable", false),
		a.switchCommand("enable", true), a.deleteCommand(), a.grantCommand(), a.revokeCommand(), a.keyCommand(), a.auditCommand())
	return cmd
}

// apps is what the commands for applications share.
type apps struct {
	*invocation
	json bool
}

// book gives access to the configured database's applications, with the settings that a
// new one needs.
type book struct {
	applications.Service
	settings *externalapi.Config
	on       bool // whether the external API is on
}

// with runs f on the applications in the configured database, which must exist and have
// this program's version.
func (a *apps) with(ctx context.Context, f func(book) error) error {
	return a.atDesk(ctx, func(d *core.Desk, cfg *config.Config) error {
		mine, on, err := settings(cfg)
		if err != nil {
			return err
		}
		rules := ruled()
		rules.ClientIDLength, rules.SecretLength = mine.OAuth.ClientIDLength, mine.OAuth.SecretLength
		return f(book{applications.New(d.Store, rules), mine, on})
	})
}

// withApp runs f on the application that name refers to: a client id, an id, or a name
// that only one application has.
func (a *apps) withApp(ctx context.Context, name string, f func(book, store.Application) error) error {
	return a.with(ctx, func(b book) error {
		app, err := b.find(ctx, name)
		if err != nil {
			return err
		}
		return f(b, app)
	})
}

// find returns the application, or an error that says what to do about the name.
func (b book) find(ctx context.Context, name string) (store.Application, error) {
	app, err := b.Find(ctx, name)
	if unknown, ok := errors.AsType[*applications.UnknownError](err); ok {
		hint := "'gateway app list' names them"
		if unknown.Near != "" {
			hint = fmt.Sprintf("did you mean %q?", unknown.Near)
		}
		return app, fmt.Errorf("%w: %s", err, hint)
	}
	if many, ok := errors.AsType[*applications.AmbiguousError](err); ok {
		return app, fmt.Errorf("%w: say which by client id (%s)", err, strings.Join(many.ClientIDs, ", "))
	}
	return app, err
}

// settings returns the module's settings, and whether it is on.
func settings(cfg *config.Config) (*externalapi.Config, bool, error) {
	section, _ := cfg.ModuleSection(externalapi.Name)
	c := externalapi.New().Config()
	if err := section.Decode(c); err != nil {
		return nil, false, fmt.Errorf("read modules.%s: %w", externalapi.Name, err)
	}
	mine, ok := c.(*externalapi.Config)
	if !ok {
		return nil, false, fmt.Errorf("read modules.%s: another module has its place", externalapi.Name)
	}
	return mine, section.Enabled, nil
}

// write prints v as JSON, or calls text to print it.
func (a *apps) write(v any, text func()) error {
	if !a.json {
		text()
		return nil
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// shortID formats an id, a nil one as "".
func shortID(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

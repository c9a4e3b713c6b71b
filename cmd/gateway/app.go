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
	"foyer/core/config"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/conf"
)

// appCommand manages the applications of the external API in the database, also
// while gateways run on it.
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

// apps is what the commands about applications share.
type apps struct {
	*invocation
	json bool
}

// with runs f on the database that the configuration names. It must be there, and
// of this program's version.
func (a *apps) with(ctx context.Context, f func(*store.Store, *config.Config) error) error {
	return a.atDesk(ctx, func(d *core.Desk, cfg *config.Config) error { return f(d.Store, cfg) })
}

// withApp runs f on the application that name means: a client id, an id, or a
// name that one application has.
func (a *apps) withApp(ctx context.Context, name string, f func(*store.Store, *config.Config, store.Application) error) error {
	return a.with(ctx, func(s *store.Store, cfg *config.Config) error {
		app, err := find(ctx, s, name)
		if err != nil {
			return err
		}
		return f(s, cfg, app)
	})
}

func find(ctx context.Context, s *store.Store, name string) (store.Application, error) {
	list, err := s.Applications(ctx)
	if err != nil {
		return store.Application{}, err
	}
	var found []store.Application
	var names []string
	for _, app := range list {
		if app.ClientID == name || app.ID.String() == name {
			return app, nil
		}
		if strings.EqualFold(app.Name, name) {
			found = append(found, app)
		}
		names = append(names, app.Name)
	}
	switch len(found) {
	case 0:
		hint := "'gateway app list' names them"
		if near := conf.Nearest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return store.Application{}, fmt.Errorf("there is no application %q: %s", name, hint)
	case 1:
		return found[0], nil
	}
	ids := make([]string, len(found))
	for i, app := range found {
		ids[i] = app.ClientID
	}
	return store.Application{}, fmt.Errorf("%d applications are named %q: say which by client id (%s)", len(found), name, strings.Join(ids, ", "))
}

// settings are those of the module, and whether it is on.
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

// note writes what a change was, for the audit log.
func note(ctx context.Context, s *store.Store, action string, app store.Application, object string) error {
	return s.AppendAudit(ctx, store.AuditEntry{
		Action: "application." + action, Outcome: "ok", ClientID: app.ClientID, Application: app.ID, Object: object,
	})
}

// write shows v as JSON, or as text writes it.
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

// shortID is a nil id as "".
func shortID(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"foyer/core/applications"
	"foyer/core/store"
)

// one requires one argument, the name of an application.
func one(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("say which application: its client id, its id or its name")
	}
	return nil
}

// two requires two arguments, and otherwise says what they should have been.
func two(ask string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 2 {
			return errors.New(ask)
		}
		return nil
	}
}

func (a *apps) switchCommand(verb string, active bool) *cobra.Command {
	about := map[bool]string{true: "Let an application work again", false: "Refuse an application and all its tokens, at once"}
	return &cobra.Command{
		Use: verb + " APPLICATION", Short: about[active], Args: one,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd.Context(), args[0], applications.Change{Active: &active})
		},
	}
}

func (a *apps) grantCommand() *cobra.Command {
	var r rights
	cmd := &cobra.Command{
		Use: "grant APPLICATION", Short: "Let an application do more", Args: one,
		Long: "Adds scopes, domains and addresses. The first domain or address narrows what was open to all.\n" +
			"Tokens that were issued keep the scopes they have.",
		Example: "  gateway app grant Calendar --scope rooms:list,rooms:retrieve --domain example.org",
		RunE: func(cmd *cobra.Command, args []string) error {
			more, err := r.some()
			if err != nil {
				return err
			}
			return a.change(cmd.Context(), args[0], applications.Change{Grant: more})
		},
	}
	r.flags(cmd, "may", true)
	return cmd
}

func (a *apps) revokeCommand() *cobra.Command {
	var r rights
	cmd := &cobra.Command{
		Use: "revoke APPLICATION", Short: "Let an application do less", Args: one,
		Long: "Takes scopes, domains and addresses away. Without any domain left it may act for users of all domains,\n" +
			"unless domains are required; without any address left it may call from everywhere.\n" +
			"Tokens that were issued keep the scopes they have until they end: 'gateway app disable' refuses them at once.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.named(); err != nil {
				return err
			}
			if r.empty() {
				return errNothing
			}
			return a.change(cmd.Context(), args[0], applications.Change{Revoke: r.rights()})
		},
	}
	r.flags(cmd, "may no longer", true)
	return cmd
}

// change alters an application and prints the result.
func (a *apps) change(ctx context.Context, name string, c applications.Change) error {
	return a.withApp(ctx, name, func(b book, app store.Application) error {
		did, err := b.Change(ctx, app.ID, c)
		if err != nil {
			return flagged(err)
		}
		if !did.Any() {
			fmt.Fprintln(a.err, "Nothing has changed: it was so before.")
		}
		if domains(did.Before) != anyDomain && domains(did.After) == anyDomain {
			fmt.Fprintln(a.err, "It may act for users of any mail domain now: --require-domains closes that.")
		}
		return a.present(ctx, b, did.After)
	})
}

func (a *apps) deleteCommand() *cobra.Command {
	yes := false
	cmd := &cobra.Command{
		Use: "delete APPLICATION", Short: "Remove an application for ever", Args: one,
		Long: "Removes an application with its secrets and keys. Its tokens are refused at once; its rooms and its lines of\n" +
			"the audit log stay. It cannot be brought back: 'gateway app disable' can be undone.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withApp(cmd.Context(), args[0], func(b book, app store.Application) error {
				if !yes {
					return fmt.Errorf("%q (%s) would be gone for ever: add --yes", app.Name, app.ClientID)
				}
				app, err := b.Delete(cmd.Context(), app.ID)
				if err != nil {
					return err
				}
				return a.write(map[string]string{"deleted": app.ClientID}, func() { fmt.Fprintf(a.out, "%s is gone\n", app.Name) })
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do it")
	return cmd
}

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core/applications"
	"foyer/core/store"
	"foyer/sdk/signing"
)

// overlap is how long an old secret keeps working next to a new one.
const overlap = lifetime(24 * time.Hour)

func (a *apps) rotateCommand() *cobra.Command {
	keep, expires := overlap, expiry{}
	cmd := &cobra.Command{
		Use: "rotate APPLICATION", Short: "Give an application a new secret, shown once", Args: one,
		Long: "Makes a new secret and shows it, this once. The old ones work on for the overlap, so that nothing breaks while\n" +
			"the new one is rolled out; --overlap 0 ends them at once.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, now := cmd.Context(), time.Now().UTC().Truncate(time.Second)
			return a.withApp(ctx, args[0], func(b book, app store.Application) error {
				until := now.Add(time.Duration(keep))
				next, drawn, err := b.Rotate(ctx, app.ID, applications.Rotation{Expires: expires.from(now), OldUntil: until})
				if err != nil {
					return flagged(err)
				}
				secret := drawn.Reveal()
				err = a.write(fresh{app.ClientID, secret, next.ExpiresAt, &until}, func() {
					a.table([][2]string{{"client id", app.ClientID}, {"client secret", secret}, {"secret ends", when(next.ExpiresAt)},
						{"old ones end", when(&until)}})
				})
				fmt.Fprintln(a.err, "The secret is not shown again: keep it now.")
				return err
			})
		},
	}
	cmd.Flags().Var(&keep, "overlap", "how long the old secrets work on, such as 24h or 7d")
	cmd.Flags().Var(&expires, "expires", "the new secret ends after this time (default: never)")
	return cmd
}

func (a *apps) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "key", Short: "Public keys of applications that sign assertions (private_key_jwt)",
		Args: func(*cobra.Command, []string) error { return errors.New("say add or remove") },
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	var expires expiry
	put := &cobra.Command{
		Use: "add APPLICATION FILE", Short: "Add a public key: PEM text, or a JSON Web Key (RFC 7517)",
		Args:    two("say which application, and the file with its public key"),
		Example: "  openssl pkey -in calendar.key -pubout -out calendar.pem\n  gateway app key add Calendar calendar.pem --expires 365d",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			if _, err := signing.ReadClientKey(text); err != nil {
				return fmt.Errorf("%s: %w", args[1], err)
			}
			return a.withApp(cmd.Context(), args[0], func(b book, app store.Application) error {
				k, err := b.AddKey(cmd.Context(), app.ID, text, expires.from(time.Now()))
				if err != nil {
					return flagged(err)
				}
				return a.write(lifespan{ID: k.ID, CreatedAt: &k.CreatedAt, ExpiresAt: k.ExpiresAt}, func() { fmt.Fprintln(a.out, k.ID) })
			})
		},
	}
	put.Flags().Var(&expires, "expires", "the key ends after this time, such as 365d (default: never)")
	cmd.AddCommand(put, &cobra.Command{
		Use: "remove APPLICATION KEY", Short: "Remove a key by its id",
		Args: two("say which application, and the id of the key: 'gateway app show' tells it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[1])
			if err != nil {
				return fmt.Errorf("%q is not the id of a key: 'gateway app show' tells them", args[1])
			}
			return a.withApp(cmd.Context(), args[0], func(b book, app store.Application) error {
				if err := b.RemoveKey(cmd.Context(), app.ID, id); err != nil {
					return err
				}
				return a.write(map[string]string{"removed": id.String()}, func() { fmt.Fprintln(a.out, "the key is gone") })
			})
		},
	})
	return cmd
}

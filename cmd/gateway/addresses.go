package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"foyer/core/config"
	"foyer/flags"
)

// addresses prints what has to be entered elsewhere, for this configuration
// (docs/deploy.md).
func addresses(w io.Writer, cfg *config.Config) error {
	base := cfg.HTTP.PublicURL
	if base == "" {
		return nil // they are not known
	}
	const api = "/api/v1.0/"
	type line struct{ where, what, path string }
	lines := []line{
		{"OIDC provider", "redirect", api + "callback/"},
		{"OIDC provider", "after signing out", api + "logout-callback/"},
		{"OIDC provider", "back-channel logout", api + "backchannel-logout/"},
		{"LiveKit", "webhook", api + "rooms/webhooks-livekit/"},
	}
	for _, x := range []struct {
		module flags.Key
		line   line
	}{
		{"recording", line{"storage", "events of new objects", api + "recordings/storage-hook/"}},
		{"summary", line{"summary service", "results", api + "recordings/external-process-hook/"}},
		{"external_api", line{"applications", "tokens", "/external-api/v1.0/application/token/"}},
	} {
		if cfg.FlagValues()[x.module] {
			lines = append(lines, x.line)
		}
	}
	fmt.Fprintln(w, "addresses to enter elsewhere:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(t, "  %s\t%s\t%s%s\n", l.where, l.what, base, l.path)
	}
	return t.Flush()
}

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"foyer/core/config"
	"foyer/flags"
	externalapi "foyer/modules/external-api"
	"foyer/modules/external-api/oauth"
	"foyer/modules/recording"
	"foyer/modules/summary"
)

// addresses prints what has to be entered elsewhere for this configuration
// (docs/deploy.md).
func addresses(w io.Writer, cfg *config.Config) error {
	base := cfg.HTTP.PublicURL
	if base == "" {
		return nil // they are unknown
	}
	const api = "/api/v1.0/"
	type line struct{ where, what, path string }
	lines := []line{
		{"OIDC provider", "redirect", api + "callback/"},
		{"OIDC provider", "after signing out", api + "logout-callback/"},
		{"OIDC provider", "back-channel logout", api + "backchannel-logout/"},
		{"LiveKit", "webhook", api + "rooms/webhooks-livekit/"},
	}
	on := cfg.FlagValues()
	for _, x := range []struct {
		flags []flags.Key // of the route
		line  line
	}{
		{[]flags.Key{recording.HookFlag}, line{"storage", "events of new objects", api + "recordings/storage-hook/"}},
		{[]flags.Key{summary.HookFlag}, line{"summary service", "results", api + "recordings/external-process-hook/"}},
		{[]flags.Key{externalapi.Name, oauth.Flag}, line{"applications", "tokens", "/external-api/v1.0/application/token/"}},
	} {
		if !slices.ContainsFunc(x.flags, func(key flags.Key) bool { return !on[key] }) {
			lines = append(lines, x.line)
		}
	}
	fmt.Fprintln(w, "addresses to enter elsewhere:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(t, "  %s\t%s\t%s%s\n", l.where, l.what, base, l.path)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if on[recording.Name] {
		fmt.Fprintln(w, "not checked here: whether LiveKit has an egress worker for recordings; a start says what it finds out")
	}
	return nil
}

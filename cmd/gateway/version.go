package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// stamped is the version that make build finds out from git:
// -ldflags "-X main.stamped=v1.2.3". Other builds have what the go command knows.
var stamped string

// version is this program's version.
var version, commit, release = versionOf(stamped, debug.ReadBuildInfo)

// versionOf returns the version, the commit that was built, and the Go release:
// "dev" and "unknown" for a build that knows neither, such as one by go run.
func versionOf(stamped string, read func() (*debug.BuildInfo, bool)) (version, commit, release string) {
	info, ok := read()
	if !ok {
		return cmp.Or(stamped, "dev"), "unknown", "unknown"
	}
	built := info.Main.Version
	if built == "(devel)" {
		built = ""
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value + commit
		case s.Key == "vcs.modified" && s.Value == "true":
			commit += " with changes"
		}
	}
	return cmp.Or(stamped, built, "dev"), cmp.Or(commit, "unknown"), info.GoVersion
}

func versionCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show version, commit and Go version",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Fprintf(in.out, "foyer %s (commit %s, %s)\n", version, commit, release)
		},
	}
}

package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// report writes the table, and returns an error if a promise is not kept.
func report(out string, all []figure) error {
	var b strings.Builder
	b.WriteString("# Benchmarks\nWritten by `make bench`. Both sides of a ratio are measured in turn in one run, medians are shown.\n\n")
	fmt.Fprintf(&b, "Machine: %s, %d cores, %s, %s/%s.\n\n", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	b.WriteString("| figure | measured | promise | met |\n|---|---|---|---|\n")
	missed := 0
	for _, f := range all {
		met := "yes"
		switch {
		case f.promise == "":
			met = ""
		case !f.met:
			met = "**no**"
			missed++
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.what, f.measured, f.promise, met)
	}
	b.WriteString(notes)
	if out == "" {
		_, err := os.Stdout.WriteString(b.String())
		if err != nil {
			return err
		}
	} else if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil { //nolint:gosec // documentation
		return fmt.Errorf("write the table: %w", err)
	}
	if missed > 0 {
		return fmt.Errorf("%d promises are not met", missed)
	}
	return nil
}

func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(text)) {
		if name, found := strings.CutPrefix(line, "model name"); found {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown processor"
}

package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// report writes the table; a promise that is not met is an error besides.
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

const notes = `
How it is measured:
- The bare gin handler runs the same SQL statement on the same SQLite file through the same store and signs the same
  token; it has no access rule, no flag, no request id, no log, no metrics and no standing headers. Both are called
  without network and client, whose cost would hide the difference.
- A room that a program creates takes a token's signature, one question who is behind it, and two transactions: the room
  with its owner and source, and the line of the audit log. In a process of its own the module asks the gateway for each of
  the three over gRPC, besides the hop of the request.
- The lobby is called without network too, with its real database; Redis is a server of its own for each number, over
  loopback. Those who wait elsewhere wait ten a room. Medians of requests, fifty for each number in turn. The same without
  the handlers around it is BenchmarkQueues in core/ephemeral.
- The module answers 1 KiB; requests go over loopback HTTP, one at a time, with connections kept alive, to all four
  servers in turn, fifty each. What a hop costs is mostly the system waking threads of two processes: it differs from
  machine to machine, and with what else runs on it. The bare proxy of the same run is the measure.
- Memory is the resident set as the system counts it (MB = 10^6 bytes), of an installed copy of the program: a file that
  the linker has just written lies in the page cache in huge pages, which are counted whole (about 15 MB more here).
  Two seconds after the start the gateway gives back the pages of its program file that only the start needed; without
  that, idle is about 20 MB more, none of it heap.
`

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

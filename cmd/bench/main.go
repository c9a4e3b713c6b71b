package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	externalapi "foyer/modules/external-api"
	"foyer/modules/recording"
	"foyer/modules/summary"
	"foyer/sdk/module"
	"foyer/sdk/plugin"
)

func main() {
	if len(os.Args) == 3 { // the measured program, in its own process
		serve := map[string]func() error{
			"module": func() error { return plugin.Serve(measured(os.Args[2])) },
			"bare":   func() error { return serveBare(os.Args[2]) },
		}[os.Args[1]]
		if serve != nil {
			if err := serve(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	only := flag.String("only", "", "regular expression: measure the figures whose name it matches, \"\" = all")
	out := flag.String("out", "", "Markdown file to write, \"\" = standard output")
	round := flag.Duration("round", time.Second, "length of one measurement")
	base := flag.String("base", "", "another build of the gateway, which cpu measures in turn with this one")
	rows := flag.Int("rows", 0, "measure scale instead: with so many rooms, users and recordings, and five times as many accesses")
	flag.Parse()
	all := measurements(*base)
	if *rows > 0 {
		all = []measurement{{"scale", scaleOf(*rows)}}
	}
	if err := run(context.Background(), all, *out, *only, *round); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measured returns a module by name.
func measured(name string) module.Module {
	switch name {
	case externalapi.Name:
		return externalapi.New()
	case recording.Name:
		return recording.New()
	case summary.Name:
		return summary.New()
	case signerName:
		return newSigner()
	}
	return newPing()
}

// figure is one line of the table.
type figure struct {
	what, measured, promise string
	met                     bool
}

// measurement measures some lines of the table.
type measurement struct {
	name    string
	measure func(ctx context.Context, dir string, round time.Duration) ([]figure, error)
}

// measurements are all the measurements, in the order of the table.
func measurements(base string) []measurement {
	return []measurement{
		{"gate", gate},
		{"retrieve", retrieve},
		{"lobby", lobbies},
		{"token", tokens},
		{"createroom", createRoom},
		{"placement", placements},
		{"webhook", webhookTimes},
		{"drain", drain},
		{"reconcile", reconcile},
		{"cpu", func(ctx context.Context, dir string, round time.Duration) ([]figure, error) {
			return cpuTimes(ctx, dir, base, round)
		}},
		{"program", program},
	}
}

func run(ctx context.Context, chosen []measurement, out, only string, round time.Duration) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("read -only: %w", err)
	}
	dir, err := os.MkdirTemp("", "foyer-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	var all []figure
	for _, m := range chosen {
		if !wanted.MatchString(m.name) {
			continue
		}
		figures, err := m.measure(ctx, dir, round)
		if err != nil {
			return fmt.Errorf("measure %s: %w", m.name, err)
		}
		all = append(all, figures...)
	}
	return report(out, all)
}

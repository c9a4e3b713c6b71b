package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"foyer/core/module"
	"foyer/core/plugin"
	externalapi "foyer/modules/external-api"
)

func main() {
	if len(os.Args) == 3 { // the measured one in its own process
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
	out := flag.String("out", "", "Markdown file to write, \"\" = standard output")
	round := flag.Duration("round", time.Second, "length of one measurement")
	flag.Parse()
	if err := run(context.Background(), *out, *round); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measured is a module by its name.
func measured(name string) module.Module {
	if name == externalapi.Name {
		return externalapi.New()
	}
	return newPing()
}

// figure is one line of the table.
type figure struct {
	what, measured, promise string
	met                     bool
}

func run(ctx context.Context, out string, round time.Duration) error {
	dir, err := os.MkdirTemp("", "foyer-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	var all []figure
	for _, measure := range []func(context.Context, string, time.Duration) ([]figure, error){
		gate, retrieve, lobbies, createRoom, placements, program,
	} {
		figures, err := measure(ctx, dir, round)
		if err != nil {
			return err
		}
		all = append(all, figures...)
	}
	return report(out, all)
}

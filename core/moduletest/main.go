package moduletest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"foyer/core/host"

	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/store"
	"foyer/flags"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/otlp"
	"foyer/sdk/plugin"
)

// hostCommand turns the test binary into a gateway that only supervises one
// module: hostCommand NAME CONFIG.
const hostCommand = "moduletest-host"

// Main is for TestMain: it runs the tests, or one of the modules if the binary
// was executed again as a module's process. It does not return.
func Main(m *testing.M, modules ...func() module.Module) {
	os.Exit(Execute(m.Run, modules...))
}

// Execute is Main for a TestMain that has more to do: it runs the tests, or what
// the command line asks for, and returns the exit code.
func Execute(tests func() int, modules ...func() module.Module) int {
	if len(os.Args) < 3 {
		return tests()
	}
	for _, fresh := range modules {
		if fresh().Name() != os.Args[2] {
			continue
		}
		var err error
		switch {
		case os.Args[1] == "module":
			err = plugin.Serve(fresh(), plugin.ExportTraces(otlp.Setup))
		case os.Args[1] == hostCommand && len(os.Args) == 4:
			err = supervise(fresh(), os.Args[3])
		default:
			return tests()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	return tests()
}

// supervise runs a module's process, prints its id, and waits to be killed.
func supervise(m module.Module, section string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := discard()
	storage := bucket
	services := host.Services{Parts: hostapi.Parts{LiveKit: &module.LiveKit{}, Storage: &storage, Log: log}, Mail: &Outbox{}}
	c, err := catalog.New(catalog.Options{
		Modules: []module.Module{m}, Flags: &gate{on: map[flags.Key]bool{flags.Key(m.Name()): true}}, Log: log, Policy: catalog.Policy{Launch: slowLaunch, Start: slowLaunch},
		Sections: []catalog.Section{{Name: m.Name(), Process: true, Raw: []byte(section)}},
		Host:     func(name string) module.Host { return services.Host(name) },
	})
	if err != nil {
		return err
	}
	if needsDurable(m.Needs()) {
		if err := superviseDurable(ctx, c, m.Name(), &services, log); err != nil {
			return err
		}
	}
	if err := c.Start(ctx); err != nil {
		return err
	}
	if _, err := io.WriteString(os.Stdout, fmt.Sprintln(c.PID(m.Name()))); err != nil {
		return err
	}
	<-ctx.Done()
	return c.Stop(context.Background())
}

// superviseDurable gives the gateway that will be killed a database of its own,
// in the temporary directory that is removed with it.
func superviseDurable(ctx context.Context, c *catalog.Catalog, name string, services *host.Services, log *slog.Logger) error {
	dir, err := os.MkdirTemp("", "mt")
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, databaseIn(dir))
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	services.KV = documents.NewValues(s)
	_, err = openDurable(ctx, s, c, name, services, config.Recordings{}, log)
	return err
}

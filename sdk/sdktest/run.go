package sdktest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

// GatewayVariable names the gateway's binary to the tests, by an absolute path.
const GatewayVariable = "FOYER_GATEWAY"

// patience bounds starts and stops, even on busy machines.
const patience = time.Minute

// Case is a module and its configuration for a test.
type Case struct {
	New    func() module.Module
	Config string        // the module's section as YAML, "" = its defaults
	Flags  []module.Flag // flags of routes that are on, in addition to the module's own
	// Memory configures the gateway in memory. Without a Log it uses the test's
	// own.
	Memory memory.Options
	// Gateway is the absolute path of a gateway's binary, "" = the one in
	// FOYER_GATEWAY.
	Gateway string
	// Binary is the module's binary for that gateway; "" = the test's own, whose
	// TestMain calls Main.
	Binary string
}

// Placement is where a module runs.
type Placement string

// The placements.
const (
	InProcess    Placement = "in process"
	OwnProcess   Placement = "own process"
	UnderGateway Placement = "under a gateway" // in a process of its own
)

// Place is a running module.
type Place struct {
	Placement Placement
	URL       string          // of the gateway or its stand-in, http://127.0.0.1:port
	Memory    *memory.Gateway // behind the module; nil under a real gateway

	work memory.Named // does the module's jobs, and hears its events
}

// Run runs the test once in each placement, with a freshly started module.
func Run(t *testing.T, c Case, test func(*testing.T, *Place)) {
	t.Helper()
	placements := []Placement{InProcess, OwnProcess}
	if cmp.Or(c.Gateway, os.Getenv(GatewayVariable)) != "" {
		placements = append(placements, UnderGateway)
	}
	for _, placement := range placements {
		t.Run(string(placement), func(t *testing.T) { test(t, Start(t, c, placement)) })
	}
}

// Start runs the module until the test ends; if it does not start, the test
// fails.
func Start(t testing.TB, c Case, placement Placement) *Place {
	t.Helper()
	p, err := c.start(t, placement)
	if err != nil {
		t.Fatalf("start the module %s: %v", placement, err)
	}
	return p
}

// Refused returns why the module does not start in the placement, for example
// because of its configuration; if it does start, the test fails.
func Refused(t testing.TB, c Case, placement Placement) error {
	t.Helper()
	_, err := c.start(t, placement)
	if err == nil {
		t.Fatalf("the module started %s", placement)
	}
	return err
}

// running is a module in one placement. stop ends whatever was begun, whether or
// not the start succeeded.
type running interface {
	stop(ctx context.Context) error
}

func (c Case) start(t testing.TB, placement Placement) (*Place, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if c.Memory.Log == nil {
		c.Memory.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	p := &Place{Placement: placement}
	var r running
	var err error
	switch placement {
	case InProcess:
		r, err = p.inProcess(ctx, c)
	case OwnProcess:
		r, err = p.ownProcess(ctx, c)
	case UnderGateway:
		r, err = p.underGateway(ctx, t, c)
	default:
		return nil, errors.New("there is no such placement")
	}
	stop := func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		return r.stop(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("stop the module: %v", err)
		}
	})
	return p, nil
}

// RunJobs makes the module work on its due jobs and hear the events it listens
// to, as memory.Gateway.Run does. A real gateway does both by itself: there it
// returns an error.
func (p *Place) RunJobs(ctx context.Context) error {
	if p.Memory == nil {
		return errors.New("run jobs: a real gateway runs them by itself")
	}
	return p.Memory.Run(ctx, p.work)
}

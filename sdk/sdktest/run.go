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

// patience bounds starts and stops, on machines that are busy too.
const patience = time.Minute

// Case is a module and what it is tested with.
type Case struct {
	New    func() module.Module
	Config string        // the module's section as YAML, "" = its defaults
	Flags  []module.Flag // of routes, that are on; the module's own is
	// Memory are the settings of the gateway in memory. Its log, unless there is
	// one, is the test's own.
	Memory memory.Options
	// Gateway is the absolute path of a gateway's binary, "" = what the environment
	// has as FOYER_GATEWAY.
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

// Place is a module that runs.
type Place struct {
	Placement Placement
	URL       string          // of what answers for the gateway, http://127.0.0.1:port
	Memory    *memory.Gateway // behind the module; nil under a real gateway

	work memory.Named // does the module's jobs, and hears its events
}

// Run runs the test once in each placement, with a module that has just started.
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

// Start runs the module until the test ends; one that does not start ends the test.
func Start(t testing.TB, c Case, placement Placement) *Place {
	t.Helper()
	p, err := c.start(t, placement)
	if err != nil {
		t.Fatalf("start the module %s: %v", placement, err)
	}
	return p
}

// Refused tells why the module does not start in the placement, such as because of
// its configuration; one that does start ends the test.
func Refused(t testing.TB, c Case, placement Placement) error {
	t.Helper()
	_, err := c.start(t, placement)
	if err == nil {
		t.Fatalf("the module started %s", placement)
	}
	return err
}

// running is a module of one placement. What was begun is ended by stop, whether
// the start succeeded or not.
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

// RunJobs has the module do its jobs that are due, and hear the events it listens
// to, as memory.Gateway.Run does. A real gateway does both by itself: there it is an
// error.
func (p *Place) RunJobs(ctx context.Context) error {
	if p.Memory == nil {
		return errors.New("run jobs: a real gateway runs them by itself")
	}
	return p.Memory.Run(ctx, p.work)
}

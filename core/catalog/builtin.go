package catalog

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"

	"foyer/sdk/module"
)

// inProcess runs a module by direct calls. It is its own only instance: the same
// value is started again after a stop.
type inProcess struct {
	module module.Module
	about  module.Description
	fault  error // why it cannot describe itself, and so is never run
}

func newInProcess(m module.Module) *inProcess {
	p := &inProcess{module: m, about: module.Description{Name: m.Name()}}
	p.fault = recovered(func() error { p.about = module.Describe(m); return nil })
	return p
}

func (p *inProcess) describe() module.Description { return p.about }
func (p *inProcess) hurry()                       {}
func (p *inProcess) done() <-chan struct{}        { return nil }
func (p *inProcess) why() error                   { return nil }

// open validates the configuration, which was decoded when the catalog was built.
func (p *inProcess) open(context.Context) (instance, error) {
	if p.fault != nil {
		return nil, fmt.Errorf("%w: it does not tell them: %w", ErrRoutes, p.fault)
	}
	if err := module.Validate(p.module); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *inProcess) serve(w http.ResponseWriter, r *http.Request, own http.Handler) bool {
	own.ServeHTTP(w, r)
	return true
}

func (p *inProcess) start(ctx context.Context, h module.Host) error {
	return recovered(func() error { return p.module.Start(ctx, h) })
}

func (p *inProcess) stop(ctx context.Context) error {
	return recovered(func() error { return p.module.Stop(ctx) })
}

func (p *inProcess) deliver(ctx context.Context, e module.Event) error {
	l, ok := p.module.(module.Listener)
	if !ok {
		return fmt.Errorf("the module listens to nothing")
	}
	return recovered(func() error { return l.Listen(ctx, e) })
}

func (p *inProcess) work(ctx context.Context, j module.Job) error {
	w, ok := p.module.(module.Worker)
	if !ok {
		return fmt.Errorf("the module does no jobs")
	}
	return recovered(func() error { return w.Work(ctx, j) })
}

func (p *inProcess) check(ctx context.Context) error {
	c, ok := p.module.(module.Checker)
	if !ok {
		return nil
	}
	return recovered(func() error { return c.Check(ctx) })
}

func (p *inProcess) advertise(context.Context) (map[string]any, error) {
	a, ok := p.module.(module.Advertiser)
	if !ok {
		return nil, nil
	}
	return a.Advertise(), nil
}

// recovered turns a module's panic into an error of that one call.
func recovered(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return do()
}

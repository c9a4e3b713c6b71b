package catalog

import (
	"context"
	"net/http"

	"foyer/core/process"
	"foyer/sdk/module"
)

// ownProcess runs a module in a process of its own: this binary again, or one the
// configuration names.
type ownProcess struct {
	about   module.Description // only the name until an external one has run
	section Section
	launch  func(context.Context) (*process.Process, error)
}

func (p *ownProcess) describe() module.Description { return p.about }

func (p *ownProcess) open(ctx context.Context) (instance, error) {
	running, err := p.launch(ctx)
	if err != nil {
		return nil, err
	}
	if err := running.Configure(ctx, p.section.Raw); err != nil {
		running.Kill()
		return nil, err
	}
	return processInstance{running}, nil
}

type processInstance struct{ running *process.Process }

func (p processInstance) describe() module.Description { return p.running.Describe() }
func (p processInstance) hurry()                       { p.running.Hurry() }
func (p processInstance) done() <-chan struct{}        { return p.running.Done() }
func (p processInstance) why() error                   { return p.running.Err() }

func (p processInstance) serve(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
	return p.running.Handle(w, r)
}

func (p processInstance) start(ctx context.Context, h module.Host) error {
	return p.running.Start(ctx, h)
}

func (p processInstance) stop(ctx context.Context) error { return p.running.Stop(ctx) }

func (p processInstance) deliver(ctx context.Context, e module.Event) error {
	return p.running.Deliver(ctx, e)
}

func (p processInstance) work(ctx context.Context, j module.Job) error {
	return p.running.Work(ctx, j)
}

func (p processInstance) check(ctx context.Context) error { return p.running.Check(ctx) }

func (p processInstance) advertise(ctx context.Context) (map[string]any, error) {
	return p.running.Advertise(ctx)
}

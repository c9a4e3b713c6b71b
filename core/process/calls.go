package process

import (
	"context"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire/modulev1"
)

// Deliver hands one event to the module's Listener.
func (p *Process) Deliver(ctx context.Context, e module.Event) error {
	return p.link.Deliver(ctx, e)
}

// Work runs one attempt of a job in the module's Worker.
func (p *Process) Work(ctx context.Context, j module.Job) error {
	return p.link.Work(ctx, j)
}

// Check asks the module's Checker.
func (p *Process) Check(ctx context.Context) error {
	_, err := p.link.Module.Check(ctx, &modulev1.CheckRequest{})
	return hostapi.FromStatus(err)
}

// Advertise asks the module's Advertiser. Numbers come back as float64.
func (p *Process) Advertise(ctx context.Context) (map[string]any, error) {
	out, err := p.link.Module.Advertise(ctx, &modulev1.AdvertiseRequest{})
	if err != nil {
		return nil, hostapi.FromStatus(err)
	}
	return out.GetValues().AsMap(), nil
}

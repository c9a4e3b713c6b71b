package process

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire/modulev1"
)

// Deliver hands one event to the module's Listener.
func (p *Process) Deliver(ctx context.Context, e module.Event) error {
	_, err := p.link.module.Deliver(ctx, &modulev1.DeliverRequest{
		Id: e.ID, Name: e.Name, Room: e.Room, At: timestamppb.New(e.At), Body: e.Body,
	})
	return hostapi.FromStatus(err)
}

// Work runs one attempt of a job in the module's Worker.
func (p *Process) Work(ctx context.Context, j module.Job) error {
	_, err := p.link.module.Work(ctx, &modulev1.WorkRequest{Kind: j.Kind, Args: j.Args, Attempt: int32(j.Attempt)})
	return hostapi.FromStatus(err)
}

// Check asks the module's Checker.
func (p *Process) Check(ctx context.Context) error {
	_, err := p.link.module.Check(ctx, &modulev1.CheckRequest{})
	return hostapi.FromStatus(err)
}

// Advertise asks the module's Advertiser. Numbers come back as float64.
func (p *Process) Advertise(ctx context.Context) (map[string]any, error) {
	out, err := p.link.module.Advertise(ctx, &modulev1.AdvertiseRequest{})
	if err != nil {
		return nil, hostapi.FromStatus(err)
	}
	return out.GetValues().AsMap(), nil
}

package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire/modulev1"
)

// Link is the gateway's side of the connection to a module's process.
type Link struct {
	Broker *goplugin.GRPCBroker
	Module modulev1.ModuleClient
	Health healthpb.HealthClient
}

// LinkPlugin is what the gateway asks go-plugin for: its client is a *Link.
type LinkPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer fails: this is the gateway's side.
func (LinkPlugin) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the gateway's side serves no module")
}

// GRPCClient makes the *Link.
func (LinkPlugin) GRPCClient(_ context.Context, b *goplugin.GRPCBroker, cc *grpc.ClientConn) (any, error) {
	return &Link{Broker: b, Module: modulev1.NewModuleClient(cc), Health: healthpb.NewHealthClient(cc)}, nil
}

// Describe asks the process what its module is.
func (l *Link) Describe(ctx context.Context) (module.Description, error) {
	about, err := l.Module.Describe(ctx, &modulev1.DescribeRequest{})
	if err != nil {
		return module.Description{}, fmt.Errorf("ask what it is: %w", hostapi.FromStatus(err))
	}
	return DescriptionOf(about), nil
}

// Configure passes the module's section as YAML. Faults are conf.Faults.
func (l *Link) Configure(ctx context.Context, yaml []byte) error {
	out, err := l.Module.Configure(ctx, &modulev1.ConfigureRequest{Yaml: yaml})
	if err != nil {
		return fmt.Errorf("configure: %w", hostapi.FromStatus(err))
	}
	return faultsOf(out.GetFaults())
}

// Host returns the id under which the module finds the services of h, and what
// serves them until the connection ends.
func (l *Link) Host(h module.Host, log *slog.Logger) (id uint32, serve func()) {
	id = l.Broker.NextId()
	return id, func() {
		l.Broker.AcceptAndServe(id, func(opts []grpc.ServerOption) *grpc.Server {
			return hostapi.NewServer(h, append(opts, ServerOptions(log)...)...)
		})
	}
}

// Deliver hands one event to the module's Listener.
func (l *Link) Deliver(ctx context.Context, e module.Event) error {
	_, err := l.Module.Deliver(ctx, &modulev1.DeliverRequest{
		Id: e.ID, Name: e.Name, Room: e.Room, At: timestamppb.New(e.At), Body: e.Body,
	})
	return hostapi.FromStatus(err)
}

// Work runs one attempt of a job in the module's Worker.
func (l *Link) Work(ctx context.Context, j module.Job) error {
	_, err := l.Module.Work(ctx, &modulev1.WorkRequest{Kind: j.Kind, Args: j.Args, Attempt: int32(j.Attempt)})
	return hostapi.FromStatus(err)
}

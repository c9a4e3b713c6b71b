package plugin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	goplugin "github.com/hashicorp/go-plugin"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/plugin/wire/modulev1"
)

// moduleServer serves one module to the gateway: the methods of module.proto.
type moduleServer struct {
	modulev1.UnimplementedModuleServer
	module module.Module
	log    *slog.Logger
	broker *goplugin.GRPCBroker

	mu         sync.Mutex // one of Configure, Start and Stop at a time
	configured bool
	started    bool // Start was called and Stop was not
	host       *grpc.ClientConn
	web        *webServer
	traces     func(context.Context) error // flushes and ends their export
	export     func(context.Context, wire.Traces, string, string) (func(context.Context) error, error)
}

func (s *moduleServer) Describe(context.Context, *modulev1.DescribeRequest) (*modulev1.DescribeResponse, error) {
	return wire.Described(module.Describe(s.module)), nil
}

func (s *moduleServer) Configure(_ context.Context, in *modulev1.ConfigureRequest) (*modulev1.ConfigureResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := module.Decode(s.module, in.GetYaml())
	if err == nil {
		err = module.Validate(s.module)
	}
	s.configured = err == nil
	return &modulev1.ConfigureResponse{Faults: wire.Faults(err)}, nil
}

func (s *moduleServer) Start(ctx context.Context, in *modulev1.StartRequest) (*modulev1.StartResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.configured || s.started {
		return nil, status.Error(codes.FailedPrecondition, "a module is started once, after it was configured")
	}
	s.started = true
	if err := s.start(ctx, in); err != nil {
		return nil, hostapi.ToStatus(err)
	}
	return &modulev1.StartResponse{}, nil
}

func (s *moduleServer) start(ctx context.Context, in *modulev1.StartRequest) (err error) {
	name := s.module.Name()
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if s.export != nil {
		to := wire.Traces{OTLPEndpoint: in.GetTelemetry().GetOtlpEndpoint(), SampleRatio: in.GetTelemetry().GetTraceSampleRatio()}
		if s.traces, err = s.export(ctx, to, "foyer-module-"+name, ""); err != nil {
			return err
		}
	}
	if s.host, err = s.broker.DialWithOptions(in.GetHostBrokerId(), wire.DialOptions()...); err != nil {
		return fmt.Errorf("connect to the host: %w", err)
	}
	if err = s.module.Start(ctx, hostapi.NewClient(s.host, local{name, s.log})); err != nil {
		return err
	}
	s.web, err = serveHTTP(s.module, in.GetHttpSocket(), in.GetHttpToken(), s.log) //nolint:contextcheck // requests bring their own
	return err
}

func (s *moduleServer) Stop(ctx context.Context, _ *modulev1.StopRequest) (*modulev1.StopResponse, error) {
	if err := s.shutdown(ctx); err != nil {
		return nil, hostapi.ToStatus(err)
	}
	return &modulev1.StopResponse{}, nil
}

// shutdown stops a module after Start, whether or not that succeeded.
func (s *moduleServer) shutdown(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.started {
		return nil
	}
	s.started = false
	if s.web != nil {
		s.web.close()
		s.web = nil
	}
	err := s.module.Stop(ctx)
	if s.traces != nil {
		err = errors.Join(err, s.traces(ctx))
	}
	if s.host != nil {
		_ = s.host.Close()
	}
	return err
}

func (s *moduleServer) Deliver(ctx context.Context, in *modulev1.DeliverRequest) (*modulev1.DeliverResponse, error) {
	l, ok := s.module.(module.Listener)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "the module listens to nothing")
	}
	e := module.Event{ID: in.GetId(), Name: in.GetName(), Room: in.GetRoom(), At: in.GetAt().AsTime(), Body: in.GetBody()}
	if err := l.Listen(ctx, e); err != nil {
		return nil, hostapi.ToStatus(err)
	}
	return &modulev1.DeliverResponse{}, nil
}

func (s *moduleServer) Work(ctx context.Context, in *modulev1.WorkRequest) (*modulev1.WorkResponse, error) {
	w, ok := s.module.(module.Worker)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "the module does no jobs")
	}
	if err := w.Work(ctx, module.Job{Kind: in.GetKind(), Args: in.GetArgs(), Attempt: int(in.GetAttempt())}); err != nil {
		return nil, hostapi.ToStatus(err)
	}
	return &modulev1.WorkResponse{}, nil
}

// Check reports a module without a Checker as healthy.
func (s *moduleServer) Check(ctx context.Context, _ *modulev1.CheckRequest) (*modulev1.CheckResponse, error) {
	if c, ok := s.module.(module.Checker); ok {
		if err := c.Check(ctx); err != nil {
			return nil, hostapi.ToStatus(err)
		}
	}
	return &modulev1.CheckResponse{}, nil
}

func (s *moduleServer) Advertise(context.Context, *modulev1.AdvertiseRequest) (*modulev1.AdvertiseResponse, error) {
	a, ok := s.module.(module.Advertiser)
	if !ok {
		return &modulev1.AdvertiseResponse{}, nil
	}
	values, err := structpb.NewStruct(a.Advertise())
	if err != nil {
		return nil, hostapi.ToStatus(fmt.Errorf("encode what the module advertises: %w", err))
	}
	return &modulev1.AdvertiseResponse{Values: values}, nil
}

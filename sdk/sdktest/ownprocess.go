package sdktest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/plugin/wire/modulev1"
	"foyer/sdk/sdktest/memory"
)

// there is a module in its own process: the test's binary again, whose TestMain
// calls Main.
type there struct {
	name   string
	folder string // of its sockets
	client *goplugin.Client
	link   *link
	hosted sync.WaitGroup // the services for the module
	server *httptest.Server
	begun  bool
}

func (p *Place) ownProcess(ctx context.Context, c Case) (*there, error) {
	h := &there{}
	if err := h.launch(c); err != nil {
		return h, err
	}
	about, err := h.configure(ctx, c.Config)
	if err != nil {
		return h, err
	}
	h.name = about.Name
	p.Memory, p.work = memory.New(c.Memory), h
	p.Memory.Listen(about.Name, about.Events...)
	host := hostapi.Grant(p.Memory.Host(about.Name), about.Needs)
	id := h.link.broker.NextId()
	h.hosted.Go(func() {
		h.link.broker.AcceptAndServe(id, func(opts []grpc.ServerOption) *grpc.Server {
			return hostapi.NewServer(host, append(opts, wire.ServerOptions(c.Memory.Log)...)...)
		})
	})
	socket, token := filepath.Join(h.folder, "http"), rand.Text()
	h.begun = true
	if _, err := h.link.module.Start(ctx, &modulev1.StartRequest{HostBrokerId: id, HttpSocket: socket, HttpToken: token}); err != nil {
		return h, hostapi.FromStatus(err)
	}
	pass := newProxy(socket, token)
	h.server = c.open(about, func(w http.ResponseWriter, r *http.Request, route module.Route) { pass.hand(w, r, route) })
	p.URL = h.server.URL
	return h, nil
}

// launch starts the process.
func (h *there) launch(c Case) (err error) {
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the test's binary: %w", err)
	}
	if h.folder, err = os.MkdirTemp("", "st"); err != nil { // short: sockets are below
		return fmt.Errorf("make a folder for sockets: %w", err)
	}
	h.client = goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		Plugins:          goplugin.PluginSet{wire.PluginName: hosted{}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     patience,
		Logger:           hclog.NewNullLogger(),
		GRPCDialOptions:  wire.DialOptions(),
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: h.folder},
		RunnerFunc:       runnerOf(path, c.Memory.Log),
	})
	protocol, err := h.client.Client()
	if err != nil {
		return fmt.Errorf("start the test's binary as the module's process (does TestMain call sdktest.Main?): %w", err)
	}
	raw, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		return err
	}
	h.link = raw.(*link)
	return nil
}

// configure hands the section over, and then asks for the module's description.
func (h *there) configure(ctx context.Context, section string) (about module.Description, err error) {
	out, err := h.link.module.Configure(ctx, &modulev1.ConfigureRequest{Yaml: []byte(section)})
	if err != nil {
		return about, fmt.Errorf("configure: %w", hostapi.FromStatus(err))
	}
	var faults conf.Faults
	for _, f := range out.GetFaults() {
		faults = append(faults, conf.Fault{Line: int(f.GetLine()), Column: int(f.GetColumn()), Path: f.GetPath(), What: f.GetWhat()})
	}
	if err := faults.Err(); err != nil {
		return about, err
	}
	described, err := h.link.module.Describe(ctx, &modulev1.DescribeRequest{})
	if err != nil {
		return about, fmt.Errorf("ask what it is: %w", hostapi.FromStatus(err))
	}
	return wire.DescriptionOf(described), nil
}

func (h *there) stop(ctx context.Context) (err error) {
	if h.server != nil {
		h.server.Close()
	}
	if h.begun {
		_, err = h.link.module.Stop(ctx, &modulev1.StopRequest{})
		err = hostapi.FromStatus(err)
	}
	if h.client != nil {
		h.client.Kill()
	}
	h.hosted.Wait()
	return errors.Join(err, os.RemoveAll(h.folder))
}

func (h *there) Name() string { return h.name }

// Events is empty: the gateway in memory already knows them.
func (h *there) Events() []string { return nil }

func (h *there) Listen(ctx context.Context, e module.Event) error {
	_, err := h.link.module.Deliver(ctx, &modulev1.DeliverRequest{Id: e.ID, Name: e.Name, Room: e.Room, At: timestamppb.New(e.At), Body: e.Body})
	return hostapi.FromStatus(err)
}

func (h *there) Work(ctx context.Context, j module.Job) error {
	_, err := h.link.module.Work(ctx, &modulev1.WorkRequest{Kind: j.Kind, Args: j.Args, Attempt: int32(j.Attempt)})
	return hostapi.FromStatus(err)
}

// link is the gateway's side of the connection.
type link struct {
	broker *goplugin.GRPCBroker
	module modulev1.ModuleClient
}

type hosted struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer fails: this is the gateway's side.
func (hosted) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the gateway's side serves no module")
}

// GRPCClient makes the link.
func (hosted) GRPCClient(_ context.Context, b *goplugin.GRPCBroker, cc *grpc.ClientConn) (any, error) {
	return &link{broker: b, module: modulev1.NewModuleClient(cc)}, nil
}

package sdktest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"

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
	link   *wire.Link
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
	id, serve := h.link.Host(hostapi.Grant(p.Memory.Host(about.Name), about.Needs), c.Memory.Log)
	h.hosted.Go(serve)
	socket, token := filepath.Join(h.folder, "http"), rand.Text()
	h.begun = true
	if _, err := h.link.Module.Start(ctx, &modulev1.StartRequest{HostBrokerId: id, HttpSocket: socket, HttpToken: token}); err != nil {
		return h, hostapi.FromStatus(err)
	}
	h.server = c.open(about, newProxy(socket, token).hand)
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
		Plugins:          goplugin.PluginSet{wire.PluginName: wire.LinkPlugin{}},
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
	h.link = raw.(*wire.Link)
	return nil
}

// configure hands the section over, and then asks for the module's description.
func (h *there) configure(ctx context.Context, section string) (about module.Description, err error) {
	if err := h.link.Configure(ctx, []byte(section)); err != nil {
		return about, err
	}
	return h.link.Describe(ctx)
}

func (h *there) stop(ctx context.Context) (err error) {
	if h.server != nil {
		h.server.Close()
	}
	if h.begun {
		_, err = h.link.Module.Stop(ctx, &modulev1.StopRequest{})
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
	return h.link.Deliver(ctx, e)
}

func (h *there) Work(ctx context.Context, j module.Job) error {
	return h.link.Work(ctx, j)
}

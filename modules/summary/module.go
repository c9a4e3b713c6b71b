package summary

import (
	"context"
	_ "embed"
	"net/http"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
)

// Name is the module's name and the key of its flag.
const Name = "summary"

// description is the route in the API document.
//
//go:embed openapi.yaml
var description []byte

// Module is the feature; New makes it.
type Module struct {
	config  *Config
	client  *client
	service *service
}

// New returns a module with the default configuration.
func New() module.Module { return &Module{config: defaults()} }

func (m *Module) Name() string { return Name }

func (m *Module) Config() conf.Section { return m.config }

func (m *Module) Needs() module.Needs {
	return module.Needs{Rooms: true, Recordings: true, Jobs: true, Flags: true, Storage: true}
}

// HookFlag is on while results from the service are accepted.
const HookFlag module.Flag = "summary_hook"

// Routes implements module.Module. The hook has its own flag: the service may take
// hours, and only its token admits it.
func (m *Module) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: "/api/v1.0/recordings/external-process-hook/", Access: module.Own, AnyType: true, AnyHost: true, Handler: http.HandlerFunc(m.hook),
		Flag: HookFlag, Apart: true, Outside: true,
	}}
}

func (m *Module) Switches() []module.Switch {
	return []module.Switch{{Flag: HookFlag, On: !m.config.HookToken.IsZero()}}
}

func (m *Module) OpenAPI() []byte { return description }

func (m *Module) Start(_ context.Context, h module.Host) error {
	at, err := h.Storage()
	if err != nil {
		return err
	}
	files, err := objectstore.New(at)
	if err != nil {
		return err
	}
	if m.config.Version == version1 && m.config.Endpoint != "" {
		h.Log().Warn("modules.summary.version 1 is deprecated: the bundled summary service speaks 2")
	}
	m.client = newClient(m.config)
	m.service = &service{
		config: m.config, summary: m.client, files: files,
		rooms: h.Rooms(), recordings: h.Recordings(), jobs: h.Jobs(), flags: h.Flags(),
	}
	return nil
}

func (m *Module) Stop(context.Context) error {
	if m.client != nil {
		m.client.close()
	}
	return nil
}

func (m *Module) Events() []string { return []string{module.EventRecordingSaved} }

func (m *Module) Listen(ctx context.Context, e module.Event) error { return m.service.listen(ctx, e) }

func (m *Module) Work(ctx context.Context, j module.Job) error { return m.service.work(ctx, j) }

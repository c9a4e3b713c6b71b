package subtitles

import (
	"context"
	_ "embed"
	"errors"
	"net/http"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Name is the module's name and the key of its flag.
const Name = "subtitles"

// description is the route in the API document.
//
//go:embed openapi.yaml
var description []byte

// Module is the feature; New makes it.
type Module struct {
	config  *Config
	client  *livekit.Client
	service *service
}

// New returns a module with the default configuration.
func New() module.Module {
	return &Module{config: &Config{AgentName: "multi-user-transcriber", Timeout: defaultTimeout}}
}

func (m *Module) Name() string { return Name }

func (m *Module) Config() conf.Section { return m.config }

func (m *Module) Validate() error {
	if m.config.AgentName == "" {
		return errors.New("agent_name: an agent needs a name")
	}
	return nil
}

// Needs implements module.Module: a lock shared by all replicas, and the server to
// dispatch agents at.
func (m *Module) Needs() module.Needs { return module.Needs{KV: true, LiveKit: true} }

func (m *Module) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/:room/start-subtitle/", Outside: true,
		Access: module.LiveKitToken, Limit: "start_subtitle", Handler: http.HandlerFunc(m.start),
	}}
}

func (m *Module) Advertise() map[string]any {
	return map[string]any{"subtitle": map[string]any{"enabled": true}}
}

func (m *Module) OpenAPI() []byte { return description }

func (m *Module) Start(_ context.Context, h module.Host) error {
	lk, err := h.LiveKit()
	if err != nil {
		return err
	}
	m.client = livekit.NewClient(lk, livekit.WithTimeout(m.config.Timeout))
	m.service = &service{agent: m.config.AgentName, rooms: m.client, lock: h.KV(), hold: 2 * m.config.Timeout}
	return nil
}

func (m *Module) Stop(context.Context) error {
	if m.client != nil {
		m.client.Close()
	}
	return nil
}

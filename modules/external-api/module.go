package externalapi

import (
	"context"

	"foyer/core/module"
	"foyer/core/module/conf"
)

// Name is the module's name and the key of its flag.
const Name = "external_api"

// Module is the feature; New makes it.
type Module struct {
	config    *Config
	resources resources
}

// New makes a module with the default configuration.
func New() module.Module { return &Module{config: defaultConfig()} }

// Name is module.Module.
func (m *Module) Name() string { return Name }

// Config is module.Module.
func (m *Module) Config() conf.Section { return m.config }

// Validate is module.Validator.
func (m *Module) Validate() error { return m.config.Validate() }

// Needs is module.Module.
func (m *Module) Needs() module.Needs {
	return module.Needs{Applications: true, Accounts: true, RoomWrites: true, KV: true, Throttle: true, LiveKit: true}
}

// Routes is module.Module.
func (m *Module) Routes() []module.Route { return m.resources.routes() }

// Start is module.Module.
func (m *Module) Start(_ context.Context, h module.Host) error { return m.resources.start(m.config, h) }

// Stop is module.Module.
func (m *Module) Stop(context.Context) error {
	m.resources.stop()
	return nil
}

package externalapi

import (
	"context"
	"time"

	"foyer/core/bearer/verifier"
	"foyer/modules/external-api/audit"
	"foyer/modules/external-api/oauth"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Name is the module's name and the key of its flag.
const Name = "external_api"

// Module is the feature; New makes it.
type Module struct {
	config    *Config
	authority oauth.Endpoint
	resources resources

	// Tokens in request bodies are checked by the gateway's verifier or, when the module
	// runs in its own process, by one of its own.
	shared, own *verifier.Verifier
}

// New returns a module with the default configuration.
func New() module.Module { return &Module{config: defaultConfig()} }

func (m *Module) Name() string { return Name }

func (m *Module) Config() conf.Section { return m.config }

func (m *Module) Validate() error { return m.config.Validate() }

func (m *Module) Warnings() []string { return m.config.Warnings() }

func (m *Module) Needs() module.Needs {
	return module.Needs{Applications: true, Accounts: true, RoomWrites: true, KV: true, Throttle: true, LiveKit: true}
}

// Prefix implements module.Prefixed, with the replaced server's prefix.
func (m *Module) Prefix() string { return "/external-api/v1.0/" }

func (m *Module) Routes() []module.Route {
	return append(m.authority.Routes(), m.resources.routes()...)
}

// Verifier implements verifier.Issuer: the gateway accepts the tokens on every module's
// routes.
func (m *Module) Verifier(to verifier.Services) (*verifier.Verifier, error) {
	ring, err := m.config.OAuth.Ring()
	if err != nil {
		return nil, err
	}
	m.shared, err = verifier.New(m.config.tokens(ring), to)
	return m.shared, err
}

func (m *Module) Switches() []module.Switch {
	return []module.Switch{{Flag: oauth.Flag, On: m.config.OAuth.Enabled}}
}

// Start implements module.Module: the issuing and the accepting side share keys and the
// audit log.
func (m *Module) Start(_ context.Context, h module.Host) error {
	ring, err := m.config.OAuth.Ring()
	if err != nil {
		return err
	}
	tokens := m.shared
	if tokens == nil {
		if m.own, err = verifier.New(m.config.tokens(ring), verifier.Of(h)); err != nil {
			return err
		}
		tokens = m.own
	}
	log := audit.New(h.Applications())
	m.authority.Open(oauth.Options{
		Config: m.config.OAuth, Ring: ring, Applications: h.Applications(), Accounts: h.Accounts(), Throttle: h.Throttle(),
		KV: h.KV(), Audit: log, Own: tokens.Own, All: tokens.All, Origins: tokens.Origins, Log: h.Log(), Hold: hold,
	})
	return m.resources.start(m.config, h, log)
}

// hold is how soon a change to an application is seen by requests for tokens. Under load
// they cost at most fifty look-ups a second; a longer time would save nothing more.
const hold = 20 * time.Millisecond

func (m *Module) Stop(context.Context) error {
	m.resources.stop()
	if m.own != nil {
		m.own.Close()
		m.own = nil
	}
	return nil
}

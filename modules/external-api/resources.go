package externalapi

import (
	"slices"
	"time"

	"foyer/modules/external-api/audit"
	"foyer/modules/external-api/bearer"
	"foyer/modules/external-api/idempotency"
	"foyer/modules/external-api/introspection"
	"foyer/modules/external-api/jwks"
	"foyer/modules/external-api/origin"
	"foyer/modules/external-api/rooms"
	"foyer/modules/external-api/spaces"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// liveTimeout bounds one question to the media server.
const liveTimeout = 5 * time.Second

// resources are what tokens open, and what accepts them.
type resources struct {
	service rooms.Service
	rooms   rooms.Handlers
	spaces  spaces.Handlers
	jwks    jwks.Publisher

	provider *introspection.Client // nil = not configured
	media    *livekit.Client
}

func (r *resources) routes() []module.Route {
	return slices.Concat(r.rooms.Routes(), r.spaces.Routes(), r.jwks.Routes(), documents())
}

// start makes them ready, by the configuration and with what the host gives.
func (r *resources) start(c *Config, h module.Host, chain bearer.Chain, log *audit.Log) error {
	lk, err := h.LiveKit()
	if err != nil {
		return err
	}
	r.media = livekit.NewClient(lk, livekit.WithTimeout(liveTimeout))
	r.service.Open(rooms.Options{Config: c.Rooms, Rooms: h.RoomWrites(), Audit: log, Log: h.Log()})
	keys := &idempotency.Keys{KV: h.KV(), TTL: c.Rooms.IdempotencyTTL, Limit: body.DefaultLimit, Log: h.Log()}
	r.rooms.Open(&r.service, chain, keys)
	r.spaces.Open(spaces.Options{
		Config: c.Rooms, Service: &r.service, Chain: chain, Keys: keys, Live: r.media, Log: h.Log(),
	})
	signs, err := c.Provider.Keys()
	if err != nil {
		return err
	}
	r.jwks.Load(c.JWKS, signs)
	return nil
}

// connect makes what asks the OIDC provider about its tokens, where that can be
// done.
func (r *resources) connect(c *Config, h module.Host) (err error) {
	if c.Provider.Configured() {
		r.provider, err = introspection.New(introspection.Options{Config: c.Provider, Log: h.Log()})
	}
	return err
}

// origins are the provider's tokens that others are exchanged for; nil where the
// provider cannot be asked.
func (r *resources) origins(h module.Host) *origin.Keeper {
	if r.provider == nil {
		return nil
	}
	return &origin.Keeper{KV: h.KV(), Provider: r.provider}
}

// chain is the stages in the contract's order (external-api.md 2.1), after own.
func (r *resources) chain(c *Config, h module.Host, own bearer.Chain) bearer.Chain {
	chain := slices.Clone(own)
	if c.Addons.Enabled {
		chain = append(chain, bearer.NewAddons(bearer.AddonsOptions{
			Rules: c.Addons.Rules(), Directory: h.Applications(), ScopePrefix: c.Provider.ScopesPrefix,
		}))
	}
	o := bearer.ResourceOptions{Accounts: h.Accounts(), ScopePrefix: c.Provider.ScopesPrefix}
	if r.provider != nil {
		o.Introspector = r.provider
	}
	return append(chain, bearer.NewResource(o))
}

func (r *resources) stop() {
	if r.provider != nil {
		r.provider.Close()
		r.provider = nil
	}
	if r.media != nil {
		r.media.Close()
		r.media = nil
	}
}

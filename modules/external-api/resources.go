package externalapi

import (
	"slices"
	"time"

	"foyer/modules/external-api/audit"
	"foyer/modules/external-api/idempotency"
	"foyer/modules/external-api/jwks"
	"foyer/modules/external-api/rooms"
	"foyer/modules/external-api/spaces"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// liveTimeout bounds one request to the media server.
const liveTimeout = 5 * time.Second

// resources are what tokens open.
type resources struct {
	service rooms.Service
	rooms   rooms.Handlers
	spaces  spaces.Handlers
	jwks    jwks.Publisher
	media   *livekit.Client
}

func (r *resources) routes() []module.Route {
	return slices.Concat(r.rooms.Routes(), r.spaces.Routes(), r.jwks.Routes(), documents())
}

// start sets them up from the configuration and the host's services.
func (r *resources) start(c *Config, h module.Host, log *audit.Log) error {
	lk, err := h.LiveKit()
	if err != nil {
		return err
	}
	r.media = livekit.NewClient(lk, livekit.WithTimeout(liveTimeout))
	r.service.Open(rooms.Options{Config: c.Rooms, Rooms: h.RoomWrites(), Audit: log, Log: h.Log()})
	keys := &idempotency.Keys{KV: h.KV(), TTL: c.Rooms.IdempotencyTTL, Limit: body.DefaultLimit, Log: h.Log()}
	r.rooms.Open(&r.service, keys)
	r.spaces.Open(spaces.Options{
		Config: c.Rooms, Service: &r.service, Keys: keys, Live: r.media, Log: h.Log(),
	})
	signs, err := c.Provider.Keys()
	if err != nil {
		return err
	}
	r.jwks.Load(c.JWKS, signs)
	return nil
}

func (r *resources) stop() {
	if r.media != nil {
		r.media.Close()
		r.media = nil
	}
}

package rooms

import (
	"fmt"
	"time"

	"foyer/sdk/address"
	"foyer/sdk/conf"
)

// Access levels of a room.
const (
	Public     = "public"
	Trusted    = "trusted"
	Restricted = "restricted"
)

// Config holds the room settings of the external API (settings.md 2.13).
type Config struct {
	DefaultAccessLevel string        // default_access_level of new rooms
	AllowPublic        bool          // allow_public_access
	BaseURL            string        // base_url of the rooms' pages; "" = no URL is given
	IdempotencyTTL     time.Duration // idempotency_ttl
}

// Default returns the section's default settings.
func Default() Config {
	return Config{DefaultAccessLevel: Trusted, IdempotencyTTL: 24 * time.Hour}
}

// Fields declares the settings.
func (c *Config) Fields(f *conf.Fields) {
	f.String("default_access_level", &c.DefaultAccessLevel, "Access level of rooms created without one.").
		Legacy("EXTERNAL_API_DEFAULT_ACCESS_LEVEL").OneOf(Public, Trusted, Restricted)
	f.Bool("allow_public_access", &c.AllowPublic, "Let programs create public rooms; they may in any case when that is the default.").
		Legacy("EXTERNAL_API_ALLOW_PUBLIC_ACCESS")
	f.String("base_url", &c.BaseURL, "Address of the frontend: a room's url is this, a slash and its slug; \"\" = rooms have no url.").
		Legacy("APPLICATION_BASE_URL")
	f.Duration("idempotency_ttl", &c.IdempotencyTTL, "How long the answer to a request with an Idempotency-Key is given again.").
		AtLeast(int64(time.Minute))
}

// Validate reports what the types cannot rule out.
func (c *Config) Validate() error {
	if c.BaseURL == "" {
		return nil
	}
	if err := address.Link.Check(c.BaseURL); err != nil {
		return fmt.Errorf("base_url: %w", err)
	}
	return nil
}

// allows reports whether a room may get the access level. A room that is already public
// may stay so.
func (c *Config) allows(level, before string) bool {
	return level != Public || c.AllowPublic || c.DefaultAccessLevel == Public || before == Public
}

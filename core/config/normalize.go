package config

import (
	"strings"

	"foyer/sdk/address"
)

// normalize brings values that can be written in several ways into the form that
// the rest of the gateway expects.
func (c *Config) normalize() {
	c.HTTP.normalize()
	c.Mail.normalize(c.HTTP.PublicURL)
	c.Meetings.normalize(c.LiveKit.TokenTTL)
	for i := range c.Modules.External {
		e := &c.Modules.External[i]
		e.SHA256 = strings.ToLower(e.SHA256)
	}
}

// normalize writes hosts and origins the way browsers do, to compare them.
func (h *HTTP) normalize() {
	h.PublicURL = address.Lower(h.PublicURL)
	for _, list := range [][]string{h.CSRFTrusted, h.CORSOrigins} {
		for i, origin := range list {
			list[i] = address.Lower(origin)
		}
	}
}

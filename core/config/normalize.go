package config

import (
	"strings"

	"foyer/sdk/address"
)

// normalize brings values that may be written in several ways into the form
// that the rest of the gateway expects.
func (c *Config) normalize() {
	c.HTTP.normalize()
	c.Mail.normalize(c.HTTP.PublicURL)
	c.Meetings.normalize(c.LiveKit.TokenTTL)
	for i := range c.Modules.External {
		e := &c.Modules.External[i]
		e.SHA256 = strings.ToLower(e.SHA256)
	}
}

// normalize writes hosts and origins as browsers do, with which they are compared.
func (h *HTTP) normalize() {
	h.PublicURL = address.Lower(h.PublicURL)
	for _, list := range [][]string{h.CSRFTrusted, h.CORSOrigins} {
		for i, origin := range list {
			list[i] = address.Lower(origin)
		}
	}
}

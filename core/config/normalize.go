package config

import (
	"net/url"
	"strings"

	"foyer/core/module/address"
	"foyer/core/module/conf"
)

// normalize brings values that may be written in several ways into the form
// that the rest of the gateway expects.
func (c *Config) normalize() {
	c.Database.URL = conf.NewSecret(postgresURL(c.Database.URL.Reveal()))
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

// postgresURL accepts the spellings of the replaced product: the scheme pgsql,
// and currentSchema for the search path.
func postgresURL(text string) string {
	if rest, ok := strings.CutPrefix(text, "pgsql://"); ok {
		text = "postgres://" + rest
	}
	u, err := url.Parse(text)
	if err != nil || !u.Query().Has("currentSchema") {
		return text
	}
	q := u.Query()
	q.Set("search_path", q.Get("currentSchema"))
	q.Del("currentSchema")
	u.RawQuery = q.Encode()
	return u.String()
}

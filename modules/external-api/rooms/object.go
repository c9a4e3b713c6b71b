package rooms

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// object is a room as programs see it (external-api.md 2.3). url and telephony are
// omitted unless configured.
type object struct {
	ID            uuid.UUID       `json:"id"`
	Name          string          `json:"name"`
	Slug          string          `json:"slug"`
	AccessLevel   string          `json:"access_level"`
	Configuration json.RawMessage `json:"configuration"`
	URL           string          `json:"url,omitempty"`
	Telephony     *dialIn         `json:"telephony,omitempty"`
}

type dialIn struct {
	Enabled        bool    `json:"enabled"`
	PhoneNumber    *string `json:"phone_number"`
	PINCode        *string `json:"pin_code"`
	DefaultCountry string  `json:"default_country"`
}

func (c *Config) show(r module.OwnedRoom) object {
	o := object{
		ID: r.ID, Name: r.Name, Slug: r.Slug, AccessLevel: r.AccessLevel, Configuration: r.Configuration, URL: c.PageOf(r.Slug),
	}
	if d := r.DialIn; d != nil {
		o.Telephony = &dialIn{Enabled: true, PINCode: r.PIN, DefaultCountry: d.DefaultCountry}
		if d.PhoneNumber != "" {
			o.Telephony.PhoneNumber = &d.PhoneNumber
		}
	}
	return o
}

// PageOf returns the address of a room's page, "" if none is configured.
func (c *Config) PageOf(slug string) string {
	if c.BaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(c.BaseURL, "/") + "/" + slug
}

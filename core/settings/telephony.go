package settings

import (
	"log/slog"

	"github.com/nyaruka/phonenumbers"

	"foyer/core/config"
)

// telephony is the block about the dial-in number; a number that cannot be parsed
// turns the block off with a warning.
func telephony(cfg config.Telephony, log *slog.Logger) map[string]any {
	off := map[string]any{"enabled": false}
	if !cfg.Enabled {
		return off
	}
	if cfg.PhoneNumber == "" || cfg.DefaultCountry == "" {
		log.Warn("telephony is on without a number and a country: clients are told that it is off")
		return off
	}
	n, err := phonenumbers.Parse(cfg.PhoneNumber, cfg.DefaultCountry)
	if err != nil {
		log.Warn("the dial-in number cannot be read: clients are told that telephony is off", "error", err)
		return off
	}
	var country any
	if region := phonenumbers.GetRegionCodeForNumber(n); region != "" && region != "ZZ" {
		country = region
	}
	return map[string]any{
		"enabled": true, "default_country": country,
		"international_phone_number": phonenumbers.Format(n, phonenumbers.INTERNATIONAL),
	}
}

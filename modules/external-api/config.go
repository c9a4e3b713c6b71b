package externalapi

import (
	"foyer/core/module/conf"
	"foyer/modules/external-api/oauth"
)

// Config is the section modules.external_api.
type Config struct {
	OAuth oauth.Config
}

func defaultConfig() *Config { return &Config{OAuth: oauth.DefaultConfig()} }

// Fields declares the section.
func (c *Config) Fields(f *conf.Fields) {
	f.EnabledBy("ENABLE_EXTERNAL_API", "EXTERNAL_API_ENABLED")
	f.Include(&c.OAuth)
}

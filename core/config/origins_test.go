package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestOrigins_that_no_page_has_are_told_with_what_to_write(t *testing.T) {
	const csrf, cors = "DJANGO_CSRF_TRUSTED_ORIGINS=", "DJANGO_CORS_ALLOWED_ORIGINS="
	right := map[string]string{csrf: "https://*.example.com", cors: "app://meet"}
	taken := map[string]func(*config.Config) []string{
		csrf: func(c *config.Config) []string { return c.HTTP.CSRFTrusted },
		cors: func(c *config.Config) []string { return c.HTTP.CORSOrigins },
	}
	for _, x := range []struct{ variable, item, advice string }{
		{csrf, "https://.example.org", "write https://*.example.org"},
		{csrf, "meet.example.org", "write https://meet.example.org"},
		{csrf, "*", "list them, such as https://meet.example.org"},
		{csrf, "https://*", "list them, such as https://meet.example.org"},
		{csrf, "https://*:8443", "list them, such as https://meet.example.org"},
		{csrf, "https://meet.*", "a * is not allowed there"},
		{csrf, "https://meet.example.org/path", "scheme and host alone"},
		{csrf, "null", "every page that has none"},
		{cors, "*", "set http.cors.allow_all_origins"},
		{cors, "https://*", "set http.cors.allow_all_origins"},
		{cors, "https://*.example.org", "a * is not allowed there"},
		{cors, "null", "every page that has none"},
		{cors, "file://", "every page that has none"},
		{cors, "https://.example.org", "not a host name"},
	} {
		t.Run(x.variable+x.item, func(t *testing.T) {
			_, _, err := load(t, "", x.variable+x.item)
			require.ErrorContains(t, err, x.variable[:len(x.variable)-1]+": http.c")
			require.ErrorContains(t, err, x.advice)

			// The replaced server starts with it next to valid ones; so does this one.
			c, warnings, err := load(t, "", x.variable+right[x.variable]+","+x.item)
			require.NoError(t, err)
			require.Contains(t, fmtAll(warnings), "left out: ")
			require.Contains(t, fmtAll(warnings), x.advice)
			require.Equal(t, []string{right[x.variable]}, taken[x.variable](c))

			// In this server's own form, every item has to be valid.
			own := map[string]string{csrf: "GATEWAY_HTTP__CSRF_TRUSTED_ORIGINS=", cors: "GATEWAY_HTTP__CORS__ALLOWED_ORIGINS="}[x.variable]
			_, _, err = load(t, "", own+right[x.variable]+","+x.item)
			require.ErrorContains(t, err, x.advice)
		})
	}
}

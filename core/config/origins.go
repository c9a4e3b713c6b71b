package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"foyer/sdk/address"
)

// validateOrigins refuses what no Origin header can equal. As with allowed_hosts,
// an environment of the replaced server may have some next to valid ones; they
// are dropped.
func (l *loader) validateOrigins(key string, list *[]string, trusted bool) {
	var problems []error
	right := slices.DeleteFunc(slices.Clone(*list), func(text string) bool {
		err := origin(text, trusted)
		if err != nil {
			problems = append(problems, err)
		}
		return err != nil
	})
	if len(right) > 0 && l.isLegacy(key) {
		for _, p := range problems {
			l.warn(key, "left out: %v", p)
		}
		*list = right
		return
	}
	for _, p := range problems {
		l.fault(key, "%v", p)
	}
}

// origin checks scheme://host[:port]. A trusted one may send unsafe requests: it
// must be http or https, and https://*.example.org covers everything below it.
// Others may have a scheme of their own, as apps do.
func origin(text string, trusted bool) error {
	u, err := url.Parse(text)
	switch {
	case strings.Trim(text, "*") == "" && text != "" || err == nil && u.Hostname() != "" && strings.Trim(u.Hostname(), "*") == "":
		if trusted {
			return fmt.Errorf("%q: all origins cannot be trusted: list them, such as https://meet.example.org, or https://*.example.org for all below it", text)
		}
		return fmt.Errorf("%q: a * is not allowed there: set http.cors.allow_all_origins for all origins", text)
	case text == "null" || strings.HasPrefix(text, "file:"):
		return fmt.Errorf("%q is the origin of every page that has none, a stranger's too: serve yours over http or https, and write that origin", text)
	case err != nil || u.Scheme == "" || u.Host == "":
		return fmt.Errorf("%q has no scheme: write https://%s", text, strings.TrimPrefix(text, "//"))
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#") || u.User != nil:
		return fmt.Errorf("%q must be scheme and host alone", u.Redacted())
	case strings.Contains(u.Host, "*") && !(trusted && strings.HasPrefix(u.Host, "*.") && strings.Count(u.Host, "*") == 1):
		return fmt.Errorf("%q: a * is not allowed there", text)
	case trusted && strings.HasPrefix(u.Host, "."):
		return fmt.Errorf("%q: write %s://*%s for all below it", text, u.Scheme, u.Host)
	}
	form := address.Server
	if !trusted {
		form.Schemes = []string{u.Scheme}
	}
	return form.Check(strings.Replace(text, "://*.", "://", 1))
}

package config

import (
	"slices"
	"strings"
)

// NeedRestart names the settings of now that differ from c and are read only at
// start: all but flags and the switches of modules and features.
func (c *Config) NeedRestart(now *Config) []string {
	before := map[string]leaf{}
	for _, x := range leaves("", c) {
		before[x.path] = x
	}
	var changed []string
	asides := now.Modules.switches()
	for _, x := range leaves("", now) {
		was, ok := before[x.path]
		switch {
		case live(x.path), slices.ContainsFunc(asides, func(a aside) bool { return a.path == x.path }):
		case x.path == "secrets.key" && c.Secrets.generated && now.Secrets.Key.IsZero(): // the same key would be found again
		case x.path == "modules.external":
			if !slices.EqualFunc(c.Modules.External, now.Modules.External, sameButSwitch) {
				changed = append(changed, x.path)
			}
		case !ok || !was.field.Equal(x.field):
			changed = append(changed, x.path)
		}
	}
	return changed
}

// live reports whether the setting is in FlagValues.
func live(path string) bool {
	switch path {
	case "flags.values", "flags.watch", "http.api_docs", "diagnostics.connection_test":
		return true
	}
	return strings.HasPrefix(path, "modules.") && strings.Count(path, ".") == 2 && strings.HasSuffix(path, ".enabled")
}

// sameButSwitch ignores line ends, which only preserve a section's line numbers;
// they never occur inside a value.
func sameButSwitch(a, b ExternalModule) bool {
	text := func(m ExternalModule) string { return strings.ReplaceAll(m.Config.Reveal(), "\n", "") }
	return a.Name == b.Name && a.Path == b.Path && a.SHA256 == b.SHA256 && text(a) == text(b)
}

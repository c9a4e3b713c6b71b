package catalog

import "foyer/core/config"

// Section is what the configuration says about one module.
type Section struct {
	Name    string // module name, and the key of its flag
	Process bool   // run it in a process of its own
	Path    string // absolute path of an external module's binary, "" = built in
	SHA256  string // its checksum in hex
	Raw     []byte // the module's own section as YAML; holds secrets
}

// Sections returns the sections of cfg, built-in modules first.
func Sections(cfg *config.Config) []Section {
	var all []Section
	for _, s := range cfg.ModuleSections() {
		all = append(all, Section{
			Name: s.Name, Process: s.Run == config.RunProcess, Path: s.Path, SHA256: s.SHA256, Raw: s.Raw(),
		})
	}
	return all
}

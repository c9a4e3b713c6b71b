package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Where a module runs.
const (
	RunInProcess = "inprocess" // in the gateway's process
	RunProcess   = "process"   // in a process of its own
)

var moduleName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Modules has one section per module, by name, and the external modules.
type Modules struct {
	External []ExternalModule // external
	builtin  []*builtin
}

// ExternalModule is a module in a binary of its own.
type ExternalModule struct {
	Name   string      // name: its section and flag
	Path   string      // path: absolute path of the binary
	SHA256 string      // sha256: hex checksum of the binary
	Enable bool        // enabled
	Config conf.Secret // config: YAML of the module's own section, decoded by the module
}

// builtin is a module of this binary; the instance only holds values.
type builtin struct {
	module  module.Module
	enabled bool
	run     string
}

// ModuleSection is what the configuration says about one module.
type ModuleSection struct {
	Name    string
	Enabled bool
	Run     string // RunInProcess or RunProcess
	Path    string // binary of an external module, "" = built in
	SHA256  string // its checksum, 64 lower-case hex digits
	raw     conf.Secret
}

// Raw is the module's own section as YAML, secrets revealed: complete with
// defaults for a built-in module, as written in the file for an external one. It
// is meant for the module's process and must not be logged.
func (s ModuleSection) Raw() []byte { return []byte(s.raw.Reveal()) }

// Decode fills target, normally Module.Config(), with the module's values.
func (s ModuleSection) Decode(target conf.Section) error {
	return conf.Decode("", "modules."+s.Name, s.Raw(), target)
}

// ModuleSection returns the section of the named module, and whether there is
// such a module.
func (c *Config) ModuleSection(name string) (ModuleSection, bool) {
	for _, s := range c.ModuleSections() {
		if s.Name == name {
			return s, true
		}
	}
	return ModuleSection{}, false
}

// ModuleSections returns all modules: built-in ones in the order of the binary's
// list, then external ones in the order of the file.
func (c *Config) ModuleSections() []ModuleSection {
	var all []ModuleSection
	for _, b := range c.Modules.builtin {
		raw, err := conf.Encode(b.module.Config())
		if err != nil { // attach has already encoded it
			continue
		}
		all = append(all, ModuleSection{Name: b.module.Name(), Enabled: b.enabled, Run: b.run, raw: conf.NewSecret(string(raw))})
	}
	for _, e := range c.Modules.External {
		all = append(all, ModuleSection{Name: e.Name, Enabled: e.Enable, Run: RunProcess, Path: e.Path, SHA256: e.SHA256, raw: e.Config})
	}
	return all
}

// FlagValues are the static flag values: those of flags.values, the switches of
// the core's own features, and each module's own under its name.
func (c *Config) FlagValues() map[flags.Key]bool {
	all := map[flags.Key]bool{}
	for k, v := range c.Flags.Values {
		all[flags.Key(k)] = v
	}
	all[ConnectionTestFlag] = c.Diagnostics.ConnectionTest
	all[flags.APIDocs] = c.HTTP.APIDocs
	for _, s := range c.ModuleSections() {
		all[flags.Key(s.Name)] = s.Enabled
	}
	for _, s := range c.Modules.switches() {
		all[s.Flag] = s.On
	}
	return all
}

// aside is a switch that a module has in addition to its own.
type aside struct {
	module.Switch
	path string // path of its key, "" = it has none
}

// switches lists the additional switches of built-in modules.
func (m *Modules) switches() (all []aside) {
	for _, b := range m.builtin {
		s, ok := b.module.(module.Switcher)
		if !ok {
			continue
		}
		for _, x := range s.Switches() {
			one := aside{Switch: x}
			if x.Key != "" {
				one.path = "modules." + b.module.Name() + "." + x.Key
			}
			all = append(all, one)
		}
	}
	return all
}

func (m *Modules) Fields(f *conf.Fields) {
	for _, b := range m.builtin {
		f.Section(b.module.Name(), b, "The module "+b.module.Name()+".")
	}
	conf.Items(f, "external", &m.External, func() ExternalModule { return ExternalModule{} }, "Modules in binaries of their own.")
}

// Fields declares the switches and the module's own keys.
func (b *builtin) Fields(f *conf.Fields) {
	conf.Switch(f, "enabled", &b.enabled, b.module.Config(), "Switch the module on.")
	f.String("run", &b.run, "Where it runs: in the gateway's process or in one of its own.").OneOf(RunInProcess, RunProcess)
	f.Include(b.module.Config())
}

// Fields declares one external module.
func (e *ExternalModule) Fields(f *conf.Fields) {
	f.String("name", &e.Name, "Its name: the key of its flag.")
	f.String("path", &e.Path, "Absolute path of its binary.")
	f.String("sha256", &e.SHA256, "SHA-256 checksum of the binary, 64 hex digits.")
	f.Bool("enabled", &e.Enable, "Switch the module on.")
	f.Raw("config", &e.Config, "The module's own section, checked by the module; secrets may be given as <key>_file.")
}

// attach adds the sections of modules. A fault is a mistake by a module's author.
func (m *Modules) attach(modules []module.Module) conf.Faults {
	var faults conf.Faults
	names := map[string]bool{"external": true}
	for _, x := range modules {
		name := x.Name()
		b := &builtin{module: x, run: RunInProcess}
		if problem := declarationFault(b, name, names); problem != "" {
			faults = append(faults, conf.Fault{Path: "modules." + name, What: problem})
			continue
		}
		names[name] = true
		m.builtin = append(m.builtin, b)
	}
	return faults
}

func declarationFault(b *builtin, name string, taken map[string]bool) string {
	if !moduleName.MatchString(name) {
		return fmt.Sprintf("%q is not a name for a module: lower-case letters, digits and underscores", name)
	}
	if taken[name] {
		return "two modules have this name"
	}
	keys := map[string]bool{}
	for _, f := range conf.Bind(b) {
		if keys[f.Key] {
			return fmt.Sprintf("the module declares the key %q, which is taken", f.Key)
		}
		keys[f.Key] = true
	}
	if _, err := conf.Encode(b); err != nil {
		return err.Error()
	}
	return ""
}

// names are the keys that flags.values must leave to the modules.
func (m *Modules) names() []string {
	all := map[string]bool{}
	for _, b := range m.builtin {
		all[b.module.Name()] = true
	}
	for _, e := range m.External {
		all[e.Name] = true
	}
	return slices.Sorted(maps.Keys(all))
}

package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Source is where a configuration comes from.
type Source struct {
	// File is the YAML file. "" = none, only defaults and environment; a file
	// that is named must exist.
	File string
	// Environ are "NAME=value" lines, such as os.Environ().
	Environ []string
	// Modules returns fresh instances of the built-in modules. They supply
	// declarations and defaults, and hold the values of one Config; they are
	// never started. nil = none.
	Modules func() []module.Module
}

// Warning is a problem that does not prevent the start.
type Warning = conf.Fault

// Load reads the configuration: defaults, overridden by the preset of
// DJANGO_CONFIGURATION, the file, the replaced product's variables and the
// GATEWAY_ variables, in that order. Its error is conf.Faults, with all faults at
// once.
func Load(src Source) (*Config, []Warning, error) {
	c := Default()
	l := loader{config: c, env: newEnvironment(src.Environ)}
	l.preset()
	if src.Modules != nil {
		l.faults = append(l.faults, c.Modules.attach(src.Modules())...)
	}
	if src.File != "" {
		l.file(src.File)
	}
	l.environment()
	l.presetProxies()
	c.normalize()
	l.normalizeDatabase()
	l.secure()
	l.validate()
	l.validateModules()
	l.validateOffers()
	l.faults.Sort()
	if err := l.faults.Err(); err != nil {
		return nil, l.warnings, err
	}
	return c, l.warnings, nil
}

type loader struct {
	config   *Config
	env      environment
	root     *conf.Node
	path     string
	origins  map[string]string // key -> variable that set it
	faults   conf.Faults
	warnings []Warning
}

func (l *loader) file(name string) {
	l.path = name
	text, err := readFile(name)
	if err != nil {
		l.faults = append(l.faults, conf.Fault{Origin: name, What: err.Error()})
		return
	}
	root, faults := conf.Parse(name, text)
	if len(faults) == 0 {
		faults = conf.DecodeNode(name, "", root, l.config)
	}
	l.root = root
	l.faults = append(l.faults, faults...)
}

// readFile reads a configuration file, up to one byte more than the limit.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("no such file")
	case err != nil:
		return nil, fmt.Errorf("cannot be opened: %w", errors.Unwrap(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, conf.MaxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	return text, nil
}

// at returns where the value of path was given.
func (l *loader) at(path string) conf.Fault {
	if name := l.origins[path]; name != "" {
		return conf.Fault{Origin: name, Path: path}
	}
	n := l.root
	for part := range strings.SplitSeq(path, ".") {
		key, index, _ := strings.Cut(part, "[")
		if n = n.Get(key); n == nil {
			return conf.Fault{Path: path}
		}
		var i int
		if _, err := fmt.Sscanf(index, "%d]", &i); err == nil && i < len(n.Items) {
			n = n.Items[i]
		}
	}
	return conf.Fault{Origin: l.path, Line: n.Line, Column: n.Column, Path: path}
}

// isLegacy reports whether a variable of the replaced server set the value of
// path.
func (l *loader) isLegacy(path string) bool {
	name := l.origins[path]
	return name != "" && !strings.HasPrefix(name, EnvPrefix)
}

// unless returns how to report a problem with a feature's setting: as a fault or,
// if the feature is off and the value comes from the replaced server's
// environment, as a warning, since that server checks such values only when they
// are used.
func (l *loader) unless(off bool, path string) func(path, what string, args ...any) {
	if off && l.isLegacy(path) {
		return l.warn
	}
	return l.fault
}

func (l *loader) fault(path, what string, args ...any) {
	f := l.at(path)
	f.What = fmt.Sprintf(what, args...)
	l.faults = append(l.faults, f)
}

func (l *loader) warn(path, what string, args ...any) {
	f := l.at(path)
	f.What = fmt.Sprintf(what, args...)
	l.warnings = append(l.warnings, f)
}

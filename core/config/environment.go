package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"foyer/sdk/conf"
)

// EnvPrefix is the prefix of the gateway's own variables: the path in capitals,
// with two underscores between levels (GATEWAY_HTTP__ADDR).
const EnvPrefix = "GATEWAY_"

const fileSuffix = "_FILE"

// kubernetesName matches what Kubernetes sets for services named gateway…
var kubernetesName = regexp.MustCompile(`^GATEWAY_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$`)

type environment map[string]string

// newEnvironment keeps the first of several lines that set the same name, as
// os.Getenv does.
func newEnvironment(lines []string) environment {
	env := environment{}
	for _, line := range lines {
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "\ufeff"), "=") // in the first line of a file
		if _, set := env[name]; ok && name != "" && !set {
			env[name] = value
		}
	}
	return env
}

// leaf is a field along with its path.
type leaf struct {
	path  string
	field *conf.Field
}

func (x leaf) variable() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(x.path, ".", "__"))
}

// leaves lists the fields of s that hold values.
func leaves(prefix string, s conf.Section) []leaf {
	var all []leaf
	for _, f := range conf.Bind(s) {
		path := f.Key
		if prefix != "" {
			path = prefix + "." + f.Key
		}
		if f.Leaf() {
			all = append(all, leaf{path, f})
			continue
		}
		all = append(all, leaves(path, f.Group)...)
	}
	return all
}

// environment applies the variables: the replaced product's first, so that the
// gateway's own take precedence.
func (l *loader) environment() {
	l.origins = map[string]string{}
	known := map[string]bool{}
	all := leaves("", l.config)
	for _, x := range all {
		l.legacy(x)
	}
	l.databaseParts()
	for _, x := range all {
		name := x.variable()
		known[name] = true
		if x.field.AcceptsFile() {
			known[name+fileSuffix] = true
		}
		l.set(x, name, x.field.SetText)
	}
	l.unknown(known)
	l.mistaken()
	l.missing(all)
}

// legacy applies the first variable that is set and not empty, or else the first
// that is set.
func (l *loader) legacy(x leaf) {
	chosen := ""
	for _, name := range x.field.Env {
		_, file := l.env[name+fileSuffix]
		if file && x.field.AcceptsFile() || l.env[name] != "" {
			chosen = name
			break
		}
		if _, set := l.env[name]; set && chosen == "" {
			chosen = name
		}
	}
	if chosen != "" {
		l.set(x, chosen, x.field.SetLegacy)
	}
}

// set stores the variable called name, or the file that name_FILE names, which
// takes precedence.
func (l *loader) set(x leaf, name string, store func(string) error) {
	value, set := l.env[name]
	if path, ok := l.env[name+fileSuffix]; ok && x.field.AcceptsFile() {
		name += fileSuffix
		text, err := conf.ReadValueFile(path)
		if err != nil {
			l.faults = append(l.faults, conf.Fault{Origin: name, Path: x.path, What: err.Error()})
			return
		}
		value, set = text, true
	}
	if !set {
		return
	}
	l.origins[x.path] = name
	if err := store(value); err != nil {
		l.faults = append(l.faults, conf.Fault{Origin: name, Path: x.path, What: err.Error()})
	}
}

func (l *loader) unknown(known map[string]bool) {
	names := slices.Sorted(maps.Keys(known))
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if !strings.HasPrefix(name, EnvPrefix) || known[name] {
			continue
		}
		if kubernetesName.MatchString(name) {
			l.warnings = append(l.warnings, Warning{Origin: name, What: "ignored: it looks like one that Kubernetes sets for a service; enableServiceLinks: false keeps it away"})
			continue
		}
		what := "unknown variable"
		if near := conf.Nearest(name, names); near != "" {
			what += " (did you mean " + near + "?)"
		}
		l.faults = append(l.faults, conf.Fault{Origin: name, What: what})
	}
}

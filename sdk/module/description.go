package module

import "foyer/sdk/conf"

// Description is what a module says about itself before it is started.
type Description struct {
	Name       string
	Prefix     string // of its routes
	Needs      Needs
	Routes     []Route                // without handlers when it came from another process
	Secrets    map[string]conf.Secret // of Secret rules, by key; keys that are not settings are left out
	Events     []string               // names listened to, or prefixes and "*"
	Worker     bool
	Checker    bool
	Advertiser bool
	Finisher   bool // Finisher says so
	Config     []ConfigField
	OpenAPI    []byte // part of the API document, nil without one
}

// ConfigField documents one key of a module's section.
type ConfigField struct {
	Key     string // nested keys are joined by "."
	Type    string // as in conf.Field
	Doc     string
	Default string // YAML; secrets are never shown
}

// Listens reports whether the module listens to the event.
func (d Description) Listens(event string) bool { return Listens(d.Events, event) }

// Describe describes a module in this process.
func Describe(m Module) Description {
	d := Description{Name: m.Name(), Prefix: PrefixOf(m), Needs: m.Needs(), Routes: m.Routes(), Config: reference("", m.Config())}
	for _, r := range d.Routes {
		key := r.Access.Rule().Secret
		if value, found := conf.SecretOf(m.Config(), key); found {
			if d.Secrets == nil {
				d.Secrets = map[string]conf.Secret{}
			}
			d.Secrets[key] = value
		}
	}
	if l, ok := m.(Listener); ok {
		d.Events = l.Events()
	}
	_, d.Worker = m.(Worker)
	_, d.Checker = m.(Checker)
	_, d.Advertiser = m.(Advertiser)
	if f, ok := m.(Finisher); ok {
		d.Finisher = f.Finishes()
	}
	if x, ok := m.(Describer); ok {
		d.OpenAPI = x.OpenAPI()
	}
	return d
}

func reference(path string, s conf.Section) []ConfigField {
	var all []ConfigField
	for _, f := range conf.Bind(s) {
		if f.Group != nil {
			all = append(all, reference(path+f.Key+".", f.Group)...)
			continue
		}
		all = append(all, ConfigField{Key: path + f.Key, Type: f.Type, Doc: f.Doc, Default: f.Default()})
	}
	return all
}

package plugin

import (
	"foyer/core/module"
	"foyer/core/module/conf"
	"foyer/core/module/hostapi"
	modulev1 "foyer/core/plugin/proto/module/v1"
	"foyer/flags"
)

// Description is what a module tells of itself before it is started.
type Description struct {
	Name       string
	Prefix     string // of its routes
	Needs      module.Needs
	Routes     []module.Route         // without handlers when it came from another process
	Secrets    map[string]conf.Secret // those of module.Secret, by key; one that is not a setting is left out
	Events     []string               // names listened to, or prefixes and "*"
	Worker     bool
	Checker    bool
	Advertiser bool
	Finisher   bool // module.Finisher says so
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

// Listens tells whether the module listens to the event.
func (d Description) Listens(event string) bool { return module.Listens(d.Events, event) }

// Describe asks a module in this process.
func Describe(m module.Module) Description {
	d := Description{Name: m.Name(), Prefix: module.PrefixOf(m), Needs: m.Needs(), Routes: m.Routes(), Config: reference("", m.Config())}
	for _, r := range d.Routes {
		key := r.Access.Rule().Secret
		if value, found := conf.SecretOf(m.Config(), key); found {
			if d.Secrets == nil {
				d.Secrets = map[string]conf.Secret{}
			}
			d.Secrets[key] = value
		}
	}
	if l, ok := m.(module.Listener); ok {
		d.Events = l.Events()
	}
	_, d.Worker = m.(module.Worker)
	_, d.Checker = m.(module.Checker)
	_, d.Advertiser = m.(module.Advertiser)
	if f, ok := m.(module.Finisher); ok {
		d.Finisher = f.Finishes()
	}
	if x, ok := m.(module.Describer); ok {
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

func (d Description) wire() *modulev1.DescribeResponse {
	w := &modulev1.DescribeResponse{
		Name:   d.Name,
		Prefix: d.Prefix,
		Needs:  hostapi.NeedNames(d.Needs),
		Events: d.Events, Worker: d.Worker, Checker: d.Checker, Advertiser: d.Advertiser,
		Openapi: d.OpenAPI, Finisher: d.Finisher,
	}
	for key, value := range d.Secrets { // over a socket of the two alone
		if w.Secrets == nil {
			w.Secrets = map[string]string{}
		}
		w.Secrets[key] = value.Reveal()
	}
	for _, r := range d.Routes {
		rule := r.Access.Rule()
		w.Routes = append(w.Routes, &modulev1.Route{
			Method: r.Method, Path: r.Path, Flag: string(r.Flag), Limit: r.Limit,
			Access: rule.Kind, AccessSecret: rule.Secret, AnyType: r.AnyType, AnyHost: r.AnyHost, Apart: r.Apart, Stream: r.Stream,
			Outside: r.Outside,
		})
	}
	for _, f := range d.Config {
		w.Config = append(w.Config, &modulev1.ConfigField{Key: f.Key, Type: f.Type, Doc: f.Doc, Default: f.Default})
	}
	return w
}

func descriptionOf(w *modulev1.DescribeResponse) Description {
	d := Description{
		Name: w.GetName(), Prefix: w.GetPrefix(), Needs: hostapi.NeedsOf(w.GetNeeds()),
		Events: w.GetEvents(), Worker: w.GetWorker(), Checker: w.GetChecker(), Advertiser: w.GetAdvertiser(),
		OpenAPI: w.GetOpenapi(), Finisher: w.GetFinisher(),
	}
	for key, value := range w.GetSecrets() {
		if d.Secrets == nil {
			d.Secrets = map[string]conf.Secret{}
		}
		d.Secrets[key] = conf.NewSecret(value)
	}
	for _, r := range w.GetRoutes() {
		d.Routes = append(d.Routes, module.Route{
			Method: r.GetMethod(), Path: r.GetPath(), Flag: flags.Key(r.GetFlag()), Limit: r.GetLimit(), AnyType: r.GetAnyType(), AnyHost: r.GetAnyHost(),
			Apart: r.GetApart(), Stream: r.GetStream(), Outside: r.GetOutside(),
			Access: module.AccessOf(module.Rule{Kind: r.GetAccess(), Secret: r.GetAccessSecret()}),
		})
	}
	for _, f := range w.GetConfig() {
		d.Config = append(d.Config, ConfigField{Key: f.GetKey(), Type: f.GetType(), Doc: f.GetDoc(), Default: f.GetDefault()})
	}
	return d
}

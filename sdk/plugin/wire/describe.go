package wire

import (
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire/modulev1"
)

// Described puts a description on the wire.
func Described(d module.Description) *modulev1.DescribeResponse {
	w := &modulev1.DescribeResponse{
		Name:   d.Name,
		Prefix: d.Prefix,
		Needs:  hostapi.NeedNames(d.Needs),
		Events: d.Events, Worker: d.Worker, Checker: d.Checker, Advertiser: d.Advertiser,
		Openapi: d.OpenAPI, Finisher: d.Finisher,
	}
	for key, value := range d.Secrets { // over a socket that only the two can reach
		if w.Secrets == nil {
			w.Secrets = map[string]string{}
		}
		w.Secrets[key] = value.Reveal()
	}
	for _, r := range d.Routes {
		rule := r.Access.Rule()
		w.Routes = append(w.Routes, &modulev1.Route{
			Method: r.Method, Path: r.Path, Flag: string(r.Flag), Limit: r.Limit,
			Access: rule.Kind, AccessSecret: rule.Secret, AccessScope: rule.Scope, AnyType: r.AnyType, AnyHost: r.AnyHost, Apart: r.Apart, Stream: r.Stream,
			Outside: r.Outside, RpcStatus: r.RPCStatus,
		})
	}
	for _, f := range d.Config {
		w.Config = append(w.Config, &modulev1.ConfigField{Key: f.Key, Type: f.Type, Doc: f.Doc, Default: f.Default})
	}
	return w
}

// DescriptionOf is the inverse of Described; routes have no handlers.
func DescriptionOf(w *modulev1.DescribeResponse) module.Description {
	d := module.Description{
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
			Method: r.GetMethod(), Path: r.GetPath(), Flag: module.Flag(r.GetFlag()), Limit: r.GetLimit(), AnyType: r.GetAnyType(), AnyHost: r.GetAnyHost(),
			Apart: r.GetApart(), Stream: r.GetStream(), Outside: r.GetOutside(), RPCStatus: r.GetRpcStatus(),
			Access: module.AccessOf(module.Rule{Kind: r.GetAccess(), Secret: r.GetAccessSecret(), Scope: r.GetAccessScope()}),
		})
	}
	for _, f := range w.GetConfig() {
		d.Config = append(d.Config, module.ConfigField{Key: f.GetKey(), Type: f.GetType(), Doc: f.GetDoc(), Default: f.GetDefault()})
	}
	return d
}

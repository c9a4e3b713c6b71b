package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/flags"
	"foyer/sdk/module"
)

// Served is a route as operators see it.
type Served struct {
	Method, Path string
	Flags        []flags.Key // all of them must be on; empty = the route is always there
	On           bool        // whether all Flags are on
	Access       string      // a module.Rule
	Limit        string      // throttle, "" = none
	Module       string      // the module it belongs to, "" = the gateway itself
}

// Routes lists by path what a gateway with this configuration would serve, and,
// by module, why one that is on cannot be served. It listens on nothing and
// touches nothing the configuration names, but runs the binaries of external
// modules that are on to ask them for their routes.
func Routes(ctx context.Context, o Options) (list []Served, faults map[string]error, err error) {
	dir, err := os.MkdirTemp("", "foyer")
	if err != nil {
		return nil, nil, fmt.Errorf("list routes: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg := *o.Config
	cfg.Database = config.Default().Database
	cfg.Database.Dir, cfg.Redis = dir, config.Default().Redis
	a := &App{cfg: &cfg, log: o.Log, version: o.Version}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	for _, step := range []func(context.Context, Options) error{
		a.openStore, a.openEphemeral, a.openFlags, a.openModules, a.openTopics,
	} {
		if err := step(ctx, o); err != nil {
			return nil, nil, err
		}
	}
	a.claimRoutes()
	if faults, err = a.catalog.Inspect(ctx); err != nil {
		return nil, nil, err
	}
	for _, path := range httpx.HealthPaths() {
		list = append(list, Served{Method: "*", Path: path, On: true, Access: module.Public.Rule().Kind})
	}
	for _, g := range a.groups() {
		for _, r := range g.Routes {
			list = append(list, a.listed(g, r))
		}
	}
	slices.SortStableFunc(list, func(x, y Served) int { return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method)) })
	return list, faults, nil
}

func (a *App) listed(g httpx.Group, r module.Route) Served {
	s := Served{Method: r.Method, Path: r.Path, On: true, Access: r.Access.Rule().String(), Limit: r.Limit, Module: g.Owner}
	for _, key := range []flags.Key{g.Flag, r.Flag} {
		if key != "" {
			s.Flags, s.On = append(s.Flags, key), s.On && a.gates.On(key)
		}
	}
	return s
}

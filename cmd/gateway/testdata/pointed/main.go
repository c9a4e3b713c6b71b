package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/plugin"
	"foyer/sdk/reply"
)

type pointed struct{ name, prefix, path string }

func (m *pointed) Name() string         { return m.name }
func (m *pointed) Config() conf.Section { return m }
func (m *pointed) Fields(f *conf.Fields) {
	f.String("prefix", &m.prefix, "What its route is below.")
	f.String("path", &m.path, "Of its route.")
}
func (m *pointed) Needs() module.Needs { return module.Needs{} }
func (m *pointed) Prefix() string      { return m.prefix }
func (m *pointed) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: m.path, Access: module.Public, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply.JSON(w, r, http.StatusOK, map[string]string{"rest": r.PathValue("rest"), "name": r.PathValue("name")})
	})}}
}
func (m *pointed) Start(context.Context, module.Host) error { return nil }
func (m *pointed) Stop(context.Context) error               { return nil }

func main() {
	name := filepath.Base(os.Args[0])
	if err := plugin.Serve(&pointed{name, "/" + name + "/", "/" + name + "/:name/"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

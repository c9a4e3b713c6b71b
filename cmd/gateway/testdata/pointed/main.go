package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/gin-gonic/gin"

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
	return []module.Route{{Method: http.MethodGet, Path: m.path, Access: module.Public, Handler: func(c *gin.Context) {
		reply.JSON(c, http.StatusOK, map[string]string{"rest": c.Param("rest"), "name": c.Param("name")})
	}}}
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

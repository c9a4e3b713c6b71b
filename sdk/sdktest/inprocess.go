package sdktest

import (
	"context"
	"net/http"
	"net/http/httptest"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

// here is a module in the test's process.
type here struct {
	module  module.Module
	server  *httptest.Server
	started bool
}

func (p *Place) inProcess(ctx context.Context, c Case) (*here, error) {
	h := &here{module: c.New()}
	if err := module.Decode(h.module, []byte(c.Config)); err != nil {
		return h, err
	}
	if err := module.Validate(h.module); err != nil {
		return h, err
	}
	about := module.Describe(h.module)
	p.Memory, p.work = memory.New(c.Memory), h.module
	p.Memory.Listen(about.Name, about.Events...)
	h.started = true
	if err := h.module.Start(ctx, p.Memory.Granted(h.module)); err != nil {
		return h, err
	}
	h.server = c.open(about, func(w http.ResponseWriter, r *http.Request, route module.Route) {
		route.Handler.ServeHTTP(w, r)
	})
	p.URL = h.server.URL
	return h, nil
}

func (h *here) stop(ctx context.Context) error {
	if h.server != nil {
		h.server.Close()
	}
	if !h.started {
		return nil
	}
	return h.module.Stop(ctx)
}

// open listens for a module that has been started.
func (c Case) open(about module.Description, hand func(http.ResponseWriter, *http.Request, module.Route)) *httptest.Server {
	on := map[module.Flag]bool{}
	for _, flag := range c.Flags {
		on[flag] = true
	}
	return httptest.NewServer(&door{about: about, on: on, log: c.Memory.Log, hand: hand})
}

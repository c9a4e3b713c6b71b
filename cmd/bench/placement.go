package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"foyer/core"
	"foyer/core/config"
	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// ping is a module with one route that answers with 1 KiB.
type ping struct{ answer []byte }

func newPing() module.Module { return &ping{answer: make([]byte, 1<<10)} }

func (p *ping) Name() string { return "ping" }

func (p *ping) Config() conf.Section { return conf.Group(func(*conf.Fields) {}) }

func (p *ping) Needs() module.Needs { return module.Needs{} }

func (p *ping) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: "/api/v1.0/ping/", Access: module.Public,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			reply.Data(w, http.StatusOK, "application/octet-stream", p.answer)
		})}}
}

func (p *ping) Start(context.Context, module.Host) error { return nil }

func (p *ping) Stop(context.Context) error { return nil }

func pings() []module.Module { return []module.Module{newPing()} }

// placements compares requests, one at a time, to a module in the gateway's process and
// to the same module in its own process, over loopback HTTP, and adds what net/http
// alone costs for the same hop.
func placements(ctx context.Context, dir string, round time.Duration) (_ []figure, err error) {
	near, stop, err := servePing(ctx, dir, "inprocess")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	far, stop, err := servePing(ctx, dir, "process")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	direct, through, stop, err := bare(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	took, err := sequential([]func() (*http.Request, error){get(near + "/api/v1.0/ping/"), get(far + "/api/v1.0/ping/"), get(direct), get(through)}, turns*round)
	if err != nil {
		return nil, err
	}
	over, floor := took[1]-took[0], took[3]-took[2]
	return []figure{{
		what:     "request to a module in its own process, over the same in process, one at a time",
		measured: fmt.Sprintf("%.2f of the hop below: %.0f µs more (%.0f against %.0f µs, median of requests)", over/floor, over, took[1], took[0]),
		promise:  "at most 0.75",
		met:      over <= 0.75*floor,
	}, {
		what:     "for comparison: a bare net/http server in its own process behind a bare httputil.ReverseProxy, over the same in process",
		measured: fmt.Sprintf("%.0f µs more (%.0f against %.0f µs)", floor, took[3], took[2]),
	}}, nil
}

// servePing runs a gateway with the module in the given placement.
func servePing(ctx context.Context, dir, run string) (url string, stop func() error, err error) {
	cfg, err := configuration(dir, run, []string{"GATEWAY_MODULES__PING__ENABLED=true", "GATEWAY_MODULES__PING__RUN=" + run}, pings)
	if err != nil {
		return "", nil, err
	}
	return serve(ctx, cfg, pings)
}

// serve runs a gateway with modules.
func serve(ctx context.Context, cfg *config.Config, modules func() []module.Module) (url string, stop func() error, err error) {
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: modules, Log: silent(), Version: "bench"})
	if err != nil {
		return "", nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- app.Run(serving) }()
	return "http://" + app.Addr().String(), func() error { cancel(); return <-ended }, nil
}

// batch is how many requests one server gets before the next one's turn.
const batch = 50

// sequential sends the requests in turn, one at a time, and returns the median time of
// each in microseconds.
func sequential(requests []func() (*http.Request, error), d time.Duration) ([]float64, error) {
	took := make([][]float64, len(requests))
	for start := time.Now(); time.Since(start) < d || len(took[0]) < 100; {
		for i, request := range requests {
			for n := range batch {
				r, err := request()
				at := time.Now()
				if err == nil {
					err = ask(r)
				}
				if err != nil {
					return nil, fmt.Errorf("measure: %w", err)
				}
				if n >= batch/10 { // the first ones find cold caches
					took[i] = append(took[i], float64(time.Since(at).Nanoseconds())/1e3)
				}
			}
		}
	}
	medians := make([]float64, len(requests))
	for i := range took {
		medians[i] = median(took[i])
	}
	return medians, nil
}

// get returns a maker of GET requests to one of our own addresses.
func get(url string) func() (*http.Request, error) {
	return func() (*http.Request, error) { return http.NewRequest(http.MethodGet, url, nil) }
}

func ask(request *http.Request) error {
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil || r.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s %w", request.URL, r.Status, err)
	}
	return nil
}

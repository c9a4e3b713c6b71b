package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core"
	"foyer/core/module"
	"foyer/core/module/conf"
)

// ping is a module with one route that answers 1 KiB.
type ping struct{ answer []byte }

func newPing() module.Module { return &ping{answer: make([]byte, 1<<10)} }

// Name is module.Module.
func (p *ping) Name() string { return "ping" }

// Config is module.Module.
func (p *ping) Config() conf.Section { return conf.Group(func(*conf.Fields) {}) }

// Needs is module.Module.
func (p *ping) Needs() module.Needs { return module.Needs{} }

// Routes is module.Module.
func (p *ping) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: "/ping/", Access: module.Public,
		Handler: func(c *gin.Context) { c.Data(http.StatusOK, "application/octet-stream", p.answer) }}}
}

// Start is module.Module.
func (p *ping) Start(context.Context, module.Host) error { return nil }

// Stop is module.Module.
func (p *ping) Stop(context.Context) error { return nil }

func pings() []module.Module { return []module.Module{newPing()} }

// placements compares one request at a time to a module in the gateway's
// process and to the same module in a process of its own, over loopback HTTP.
func placements(ctx context.Context, dir string, round time.Duration) (_ []figure, err error) {
	var urls []string
	for _, run := range []string{"inprocess", "process"} {
		url, stop, err := serve(ctx, dir, run)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, stop()) }()
		urls = append(urls, url+"/ping/")
	}
	var near, far, extra []float64
	for range turns {
		x, err := sequential(urls[0], round)
		if err != nil {
			return nil, err
		}
		y, err := sequential(urls[1], round)
		if err != nil {
			return nil, err
		}
		near, far, extra = append(near, x), append(far, y), append(extra, y-x)
	}
	over := median(extra)
	return []figure{{
		what:     "request to a module in its own process, over the same in process, one at a time",
		measured: fmt.Sprintf("%.0f µs more (%.0f against %.0f µs, median of requests)", over, median(far), median(near)),
		promise:  "at most 150 µs more",
		met:      over <= 150,
	}}, nil
}

// serve runs a gateway with the module in the given placement.
func serve(ctx context.Context, dir, run string) (url string, stop func() error, err error) {
	cfg, err := configuration(dir, run, []string{"GATEWAY_MODULES__PING__ENABLED=true", "GATEWAY_MODULES__PING__RUN=" + run}, pings)
	if err != nil {
		return "", nil, err
	}
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: pings, Log: silent(), Version: "bench"})
	if err != nil {
		return "", nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- app.Run(serving) }()
	return "http://" + app.Addr().String(), func() error { cancel(); return <-ended }, nil
}

// sequential gives the median time of a request in microseconds.
func sequential(url string, d time.Duration) (float64, error) {
	var took []time.Duration
	for start := time.Now(); time.Since(start) < d || len(took) < 100; {
		at := time.Now()
		r, err := http.Get(url) //nolint:noctx,gosec // our own address
		if err != nil {
			return 0, fmt.Errorf("measure %s: %w", url, err)
		}
		_, err = io.Copy(io.Discard, r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil || r.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("measure %s: %s %w", url, r.Status, err)
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	return float64(took[len(took)/2].Nanoseconds()) / 1e3, nil
}

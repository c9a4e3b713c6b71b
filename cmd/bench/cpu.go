package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// kind is one kind of request whose cost is measured.
type kind struct {
	name  string
	at    func(*household) *supply
	crowd bool    // many at once, and their rate, instead of one at a time
	cpu   float64 // what the CPU time may be of the base's, 0 = no promise
	rate  float64 // what the rate must be of the base's, 0 = no promise
}

// kinds are all of them, in the order of the table.
var kinds = []kind{
	{name: "token of an application", at: (*household).tokens, cpu: 0.5},
	{name: "list of 20 own rooms", at: func(h *household) *supply { return h.list(h.few) }, cpu: 0.35},
	{name: "first 20 of 10,000 own rooms", at: func(h *household) *supply { return h.list(h.many) }},
	{name: "anonymous join", at: (*household).join, cpu: 0.5},
	{name: "anonymous joins, many at once", at: (*household).join, crowd: true, cpu: 0.5, rate: 2},
	{name: "webhook that nobody listens to", at: (*household).published, crowd: true, rate: 3},
	{name: "webhook with a listener", at: (*household).joined, crowd: true, rate: 3},
}

// spent is what one measurement found.
type spent struct {
	gateway, database float64 // CPU time of a request, in µs
	rate              float64 // requests per second
}

func (s spent) cpu() float64 { return s.gateway + s.database }

// cpuTimes measures the CPU time of the gateway and of its database for a request, on
// both engines, and the same of another build in turn.
func cpuTimes(ctx context.Context, dir, base string, round time.Duration) ([]figure, error) {
	binary, err := install(ctx, dir)
	if err != nil {
		return nil, err
	}
	builds := []string{binary}
	if base != "" {
		builds = append(builds, base)
	}
	var all []figure
	for _, engine := range []string{"PostgreSQL", "SQLite"} {
		figures, err := cpuOn(ctx, filepath.Join(dir, engine), engine, builds, round)
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", engine, err)
		}
		all = append(all, figures...)
	}
	return all, nil
}

func cpuOn(ctx context.Context, dir, engine string, builds []string, round time.Duration) (_ []figure, err error) {
	var houses []*household
	defer func() {
		for _, h := range houses {
			err = errors.Join(err, h.stop())
		}
	}()
	for i, binary := range builds {
		h, err := newHousehold(ctx, filepath.Join(dir, fmt.Sprint(i)), engine, binary)
		if err != nil {
			return nil, err
		}
		houses = append(houses, h)
	}
	var all []figure
	cheap := map[string]float64{}
	for _, k := range kinds {
		found, ratios, rates, err := costs(houses, k, round)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		cheap[k.name] = found[0].cpu()
		all = append(all, k.figures(engine, found, ratios, rates)...)
	}
	ratio := cheap[kinds[2].name] / cheap[kinds[1].name]
	return append(all, figure{
		what: fmt.Sprintf("CPU time of the first 20 of 10,000 own rooms, over that of a list of 20, on %s", engine), measured: fmt.Sprintf("%.2f", ratio),
		promise: "at most 1.10", met: ratio <= 1.10,
	}), nil
}

// costs measures the builds in turn. found are the medians of each, ratios and rates
// those of the first build over the second.
func costs(houses []*household, k kind, round time.Duration) (found []spent, ratio, rate float64, err error) {
	each := make([][]spent, len(houses))
	var ratios, rates []float64
	for turn := range turns + 1 {
		var now []spent
		for i, h := range houses {
			s, err := h.measure(k.at(h), k.crowd, round)
			if err != nil {
				return nil, 0, 0, err
			}
			now = append(now, s)
			if turn > 0 { // the first round finds cold caches
				each[i] = append(each[i], s)
			}
		}
		if turn > 0 && len(now) == 2 {
			ratios, rates = append(ratios, now[0].cpu()/now[1].cpu()), append(rates, now[0].rate/now[1].rate)
		}
	}
	for _, list := range each {
		of := func(f func(spent) float64) float64 {
			var x []float64
			for _, s := range list {
				x = append(x, f(s))
			}
			return median(x)
		}
		found = append(found, spent{
			gateway: of(func(s spent) float64 { return s.gateway }), database: of(func(s spent) float64 { return s.database }),
			rate: of(func(s spent) float64 { return s.rate }),
		})
	}
	if len(ratios) == 0 {
		return found, 0, 0, nil
	}
	return found, median(ratios), median(rates), nil
}

// figures are the lines of the table for one kind of request.
func (k kind) figures(engine string, found []spent, ratio, rate float64) []figure {
	shown := func(s spent) string {
		if engine == "SQLite" {
			return fmt.Sprintf("%.0f µs", s.cpu())
		}
		return fmt.Sprintf("%.0f µs (gateway %.0f, database %.0f)", s.cpu(), s.gateway, s.database)
	}
	cpu := figure{what: fmt.Sprintf("CPU time of a request on %s: %s", engine, k.name), measured: shown(found[0])}
	perSecond := figure{what: fmt.Sprintf("requests per second on %s: %s", engine, k.name), measured: fmt.Sprintf("%.0f", found[0].rate)}
	if len(found) == 2 {
		cpu.measured = fmt.Sprintf("%.2f: %s, before %s", ratio, shown(found[0]), shown(found[1]))
		perSecond.measured = fmt.Sprintf("%.2f: %.0f, before %.0f", rate, found[0].rate, found[1].rate)
		if engine == "PostgreSQL" && k.cpu > 0 {
			cpu.promise, cpu.met = fmt.Sprintf("at most %.2f", k.cpu), ratio <= k.cpu
		}
		if engine == "PostgreSQL" && k.rate > 0 {
			perSecond.promise, perSecond.met = fmt.Sprintf("at least %.0f", k.rate), rate >= k.rate
		}
	}
	if k.crowd {
		return []figure{cpu, perSecond}
	}
	return []figure{cpu}
}

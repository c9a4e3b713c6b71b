package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"foyer/core/store"
)

// scales are the requests that must not cost more in a large database, and which of
// them must.
var scales = []kind{
	{name: "list of 20 own rooms", at: func(h *household) *supply { return h.list(h.few) }, cpu: 1.2},
	{name: "first 20 of 10,000 own rooms", at: func(h *household) *supply { return h.list(h.many) }, cpu: 1.2},
	{name: "accesses of own rooms", at: func(h *household) *supply { return h.get(h.few, "/api/v1.0/resource-accesses/") }, cpu: 1.2},
	{name: "own recordings", at: func(h *household) *supply { return h.get(h.few, "/api/v1.0/recordings/") }, cpu: 1.2},
	{name: "users found by an address", at: func(h *household) *supply { return h.get(h.few, "/api/v1.0/users/?q=ada%40example.org") }, cpu: 1.2},
	{name: "first page of all users", at: func(h *household) *supply { return h.get(h.few, "/api/v1.0/users/") }, cpu: 1.2},
	{name: "own account", at: func(h *household) *supply { return h.get(h.few, "/api/v1.0/users/me/") }, cpu: 1.2},
	{name: "anonymous join", at: (*household).join, cpu: 1.2},
	{name: "join by name", at: func(h *household) *supply { return h.get(nil, "/api/v1.0/rooms/ada-7/") }, cpu: 1.2},
	{name: "token of an application", at: (*household).tokens, cpu: 1.2},
	{name: "webhook with a listener", at: (*household).joined, cpu: 1.2},
}

// scaleOf compares a database with n rooms, users and recordings, and five times as many
// accesses, with one that has next to none.
func scaleOf(n int) func(context.Context, string, time.Duration) ([]figure, error) {
	return func(ctx context.Context, dir string, round time.Duration) ([]figure, error) {
		binary, err := install(ctx, dir)
		if err != nil {
			return nil, err
		}
		var all []figure
		for _, engine := range []string{"PostgreSQL", "SQLite"} {
			figures, err := scaleOn(ctx, filepath.Join(dir, engine), engine, binary, n, round)
			if err != nil {
				return nil, fmt.Errorf("on %s: %w", engine, err)
			}
			all = append(all, figures...)
		}
		return all, nil
	}
}

func scaleOn(ctx context.Context, dir, engine, binary string, n int, round time.Duration) (_ []figure, err error) {
	var houses []*household
	defer func() {
		for _, h := range houses {
			err = errors.Join(err, h.stop())
		}
	}()
	for _, size := range []string{"large", "small"} {
		h, err := newHousehold(ctx, filepath.Join(dir, size), engine, binary,
			"GATEWAY_USERS__ALLOW_UNSECURE_LISTING=true", "GATEWAY_MODULES__RECORDING__ENABLED=true")
		if err != nil {
			return nil, err
		}
		houses = append(houses, h)
	}
	start := time.Now()
	for i, size := range []int{n, 0} {
		if err := enlarge(ctx, houses[i].at, size); err != nil {
			return nil, fmt.Errorf("fill: %w", err)
		}
	}
	all := []figure{{
		what:     fmt.Sprintf("filling %s with %d rooms, users and recordings, and %d accesses", engine, n, n*accessesEach),
		measured: time.Since(start).Round(time.Second).String(),
	}}
	for _, k := range scales {
		found, ratio, _, err := costs(houses, k, round)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		all = append(all, figure{
			what:     fmt.Sprintf("%s, %s: CPU time of a request, over the same in a small database", k.name, engine),
			measured: fmt.Sprintf("%.2f (%.0f and %.0f µs)", ratio, found[0].cpu(), found[1].cpu()),
			promise:  fmt.Sprintf("at most %.2f", k.cpu), met: ratio <= k.cpu,
		})
	}
	sweeps, err := sweepTimes(ctx, houses)
	if err != nil {
		return nil, err
	}
	ratio := sweeps[0] / sweeps[1]
	return append(all, figure{
		what:     "clean-up of what has expired, " + engine + ": time of one round, over the same in a small database",
		measured: fmt.Sprintf("%.2f (%.2f and %.2f ms)", ratio, sweeps[0], sweeps[1]),
		promise:  "at most 1.20", met: ratio <= 1.20,
	}), nil
}

// sweepTimes are the median times of one clean-up with nothing to do, in milliseconds.
func sweepTimes(ctx context.Context, houses []*household) ([]float64, error) {
	took := make([][]float64, len(houses))
	for i, h := range houses {
		db, err := store.Open(ctx, h.at)
		if err != nil {
			return nil, err
		}
		for range 200 {
			at := time.Now()
			_, err = db.DeleteExpiredSessions(ctx, at.UTC(), 500)
			if _, again := db.DeleteEventsBefore(ctx, at.Add(-24*time.Hour).UTC(), 500); err == nil {
				err = again
			}
			if err != nil {
				break
			}
			took[i] = append(took[i], float64(time.Since(at).Microseconds())/1e3)
		}
		db.Close()
		if err != nil {
			return nil, fmt.Errorf("clean up: %w", err)
		}
	}
	return []float64{median(took[0]), median(took[1])}, nil
}

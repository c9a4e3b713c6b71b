package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/store"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// elsewhere is how many guests wait for other rooms, waiters how many for the measured
// one.
var elsewhere = []int{10, 1000, 100_000}

const waiters = 10

// lobbies shows that the cost of a poll and of a waiting list does not depend on how
// many guests wait for other rooms, in memory and in Redis.
func lobbies(ctx context.Context, dir string, round time.Duration) (_ []figure, err error) {
	cfg, err := configuration(dir, "lobby", nil, nil)
	if err != nil {
		return nil, err
	}
	if _, err := seed(ctx, cfg.Database); err != nil {
		return nil, fmt.Errorf("make a room: %w", err)
	}
	s, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var all []figure
	for _, form := range []string{"memory", "Redis"} {
		figures, err := lobbiesIn(ctx, form, filepath.Join(dir, form), cfg, s, round)
		if err != nil {
			return nil, fmt.Errorf("measure the lobby in %s: %w", form, err)
		}
		all = append(all, figures...)
	}
	return all, nil
}

// lobbiesIn measures one form: a lobby for each number of others, in turn.
func lobbiesIn(ctx context.Context, form, dir string, cfg *config.Config, s *store.Store, round time.Duration) (_ []figure, err error) {
	var polls, lists []func() error
	for i, others := range elsewhere {
		where := config.Redis{}
		if form == "Redis" {
			home := filepath.Join(dir, strconv.Itoa(i))
			if err := os.MkdirAll(home, 0o700); err != nil {
				return nil, err
			}
			server, err := redisdev.StartReal(home)
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, server.Stop()) }()
			where = cfg.Redis
			where.URL = conf.NewSecret(server.URL)
		}
		shared, err := ephemeral.Open(ephemeral.Options{Redis: where, Log: silent()})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, shared.Close()) }()
		l, err := newWaitingRoom(ctx, cfg, s, shared.Queues)
		if err != nil {
			return nil, err
		}
		if err := l.fill(ctx, others); err != nil {
			return nil, err
		}
		polls, lists = append(polls, l.poll), append(lists, l.list)
	}
	poll, err := inTurn(polls, turns*round)
	if err != nil {
		return nil, err
	}
	list, err := inTurn(lists, turns*round)
	if err != nil {
		return nil, err
	}
	return []figure{flat("a poll in the lobby", form, poll), flat("a waiting list of ten", form, list)}, nil
}

// flat compares the most expensive with the cheapest.
func flat(what, form string, took []float64) figure {
	ratio := slices.Max(took) / slices.Min(took)
	var each []string
	for _, t := range took {
		each = append(each, fmt.Sprintf("%.0f", t))
	}
	return figure{
		what:     fmt.Sprintf("%s in %s, while 10, 1,000 and 100,000 wait for other rooms", what, form),
		measured: fmt.Sprintf("%s µs; the dearest %.2f of the cheapest", strings.Join(each, ", "), ratio),
		promise:  "at most 1.20",
		met:      ratio <= 1.2,
	}
}

// inTurn makes the calls in turn, a batch at a time, and returns the median time of each
// in microseconds.
func inTurn(calls []func() error, d time.Duration) ([]float64, error) {
	took := make([][]float64, len(calls))
	for start := time.Now(); time.Since(start) < d || len(took[0]) < 100; {
		for i, call := range calls {
			for n := range batch {
				at := time.Now()
				if err := call(); err != nil {
					return nil, err
				}
				if n >= batch/10 { // the first ones find cold caches
					took[i] = append(took[i], float64(time.Since(at).Nanoseconds())/1e3)
				}
			}
		}
	}
	medians := make([]float64, len(calls))
	for i := range took {
		medians[i] = median(took[i])
	}
	return medians, nil
}

// call sends a request to a handler; any status but 200 is an error.
func call(h http.Handler, method, path, body, cookie string) (http.Header, error) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := &sink{header: http.Header{}}
	if h.ServeHTTP(w, r); w.status != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s", method, path, http.StatusText(w.status))
	}
	return w.header, nil
}

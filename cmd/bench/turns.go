package main

import (
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// turns is how many times two things are measured in turn; it is odd, so that there is a
// median.
const turns = 5

// compare measures two handlers in turn and returns the medians of their requests per
// second, and of the ratio a/b within each turn.
func compare(a, b http.Handler, request func() *http.Request, round time.Duration) (rateA, rateB, ratio float64) {
	var as, bs, ratios []float64
	throughput(a, request, round/4) // warms caches, statements, pools
	throughput(b, request, round/4)
	for range turns {
		x, y := throughput(a, request, round), throughput(b, request, round)
		as, bs, ratios = append(as, x), append(bs, y), append(ratios, x/y)
	}
	return median(as), median(bs), median(ratios)
}

func median(list []float64) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// throughput calls h from as many goroutines as there are cores and returns the requests
// per second. There is no network or client in between, since their cost would hide the
// difference.
func throughput(h http.Handler, request func() *http.Request, d time.Duration) float64 {
	var done atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for time.Since(start) < d {
				w := &sink{header: http.Header{}}
				h.ServeHTTP(w, request())
				if w.status != http.StatusOK && w.status != http.StatusCreated {
					panic(http.StatusText(w.status) + " while measuring")
				}
				done.Add(1)
			}
		})
	}
	workers.Wait()
	return float64(done.Load()) / time.Since(start).Seconds()
}

// sink is a response writer that keeps only the status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

func (s *sink) WriteHeader(status int) { s.status = status }

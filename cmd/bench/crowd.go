package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is the number of concurrent clients.
const crowd = 64

// rates are the requests per second of several servers, and the ratios of the first
// one's to the others': medians.
type rates struct{ each, ratios []float64 }

// against formats the first server's rate next to the n-th's.
func (r rates) against(n int) string {
	return fmt.Sprintf("%.2f (%.0f and %.0f requests per second)", r.ratios[n], r.each[0], r.each[n])
}

// crowds has many clients post to the servers in turn, over loopback HTTP with
// keep-alive.
func crowds(addresses []string, body string, round time.Duration) (rates, error) {
	each, ratios := make([][]float64, len(addresses)), make([][]float64, len(addresses))
	for turn := range turns + 1 {
		var first float64
		for i, address := range addresses {
			x, err := posts(address, body, round)
			if err != nil {
				return rates{}, err
			}
			if i == 0 {
				first = x
			}
			if turn > 0 { // the first round finds cold caches
				each[i], ratios[i] = append(each[i], x), append(ratios[i], first/x)
			}
		}
	}
	var r rates
	for i := range addresses {
		r.each, r.ratios = append(r.each, median(each[i])), append(r.ratios, median(ratios[i]))
	}
	return r, nil
}

// posts returns the requests per second of a posting crowd.
func posts(address, body string, d time.Duration) (float64, error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, fmt.Errorf("read an address: %w", err)
	}
	message := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		u.Path, u.Host, len(body), body)
	var done atomic.Int64
	var clients sync.WaitGroup
	failures := make(chan error, crowd)
	start := time.Now()
	for range crowd {
		clients.Go(func() {
			n, err := repeat(u.Host, message, start.Add(d))
			done.Add(n)
			failures <- err
		})
	}
	clients.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			return 0, fmt.Errorf("measure %s: %w", address, err)
		}
	}
	return float64(done.Load()) / time.Since(start).Seconds(), nil
}

// repeat sends the same bytes over and over on one connection: a client so cheap that
// what is measured is the server.
func repeat(host string, message []byte, until time.Time) (n int64, err error) {
	c, err := net.Dial("tcp", host)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for time.Now().Before(until) {
		if _, err := c.Write(message); err != nil {
			return n, err
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return n, err
		}
		text, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return n, err
		}
		if resp.StatusCode != http.StatusOK {
			return n, fmt.Errorf("%s: %s", resp.Status, text)
		}
		n++
	}
	return n, nil
}

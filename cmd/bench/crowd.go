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

// crowd is how many clients ask at once.
const crowd = 64

// crowds has many clients post to two servers in turn, over loopback HTTP with
// connections kept alive, and gives the medians of their requests per second and
// of the ratio a/b of each turn.
func crowds(a, b, body string, round time.Duration) (rateA, rateB, ratio float64, err error) {
	var as, bs, ratios []float64
	for n := range turns + 1 {
		x, err := posts(a, body, round)
		if err != nil {
			return 0, 0, 0, err
		}
		y, err := posts(b, body, round)
		if err != nil {
			return 0, 0, 0, err
		}
		if n > 0 { // the first turn finds cold caches
			as, bs, ratios = append(as, x), append(bs, y), append(ratios, x/y)
		}
	}
	return median(as), median(bs), median(ratios), nil
}

// posts gives the requests per second of a crowd that posts.
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

// repeat sends the same bytes again and again over one connection: a client that
// costs little, so that what is measured is the server.
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

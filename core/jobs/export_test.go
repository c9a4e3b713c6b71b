package jobs

import "time"

// WithPace bounds the clean-up, and each batch of it, for tests.
func WithPace(all, batch time.Duration) Option {
	return func(c *Client) { c.pace.all, c.pace.batch = all, batch }
}

// WithMending sets how often to look for what a clock postponed, for tests.
func WithMending(every time.Duration) Option {
	return func(c *Client) { c.mendEvery = every }
}

package jobs

import "time"

// WithPace limits the clean-up, and each batch of it, for tests.
func WithPace(all, batch time.Duration) Option {
	return func(c *Client) { c.pace.all, c.pace.batch = all, batch }
}

// WithMending looks as often for what a clock put off, for tests.
func WithMending(every time.Duration) Option {
	return func(c *Client) { c.mendEvery = every }
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
)

// Runner does the work that jobs describe; topics.Registry is one.
type Runner interface {
	// Work runs one attempt of a job that a module stored.
	Work(ctx context.Context, moduleName string, j module.Job) error
	// Deliver hands one event to one module.
	Deliver(ctx context.Context, moduleName string, e module.Event) error
}

// Client stores jobs, and runs them between Start and Stop. Jobs can be stored at
// any time. It is safe for concurrent use.
type Client struct {
	store          *store.Store
	runner         Runner
	log            *slog.Logger
	quiet          *slog.Logger // for what may be the result of a database that takes no writes
	queue          queue
	metrics        metrics
	retention      time.Duration  // how long events are kept, 0 = forever
	auditRetention time.Duration  // how long lines of the audit log are kept
	queues         map[string]int // module with a queue of its own -> concurrent jobs there
	pace           pace           // of the clean-up
	serving        serving        // which of those queues are worked on
	mendEvery      time.Duration
	mends          sync.WaitGroup
	outage         *outage // of the database, in the log
	stopMending    context.CancelFunc

	mu               sync.Mutex
	started, stopped bool
	ending           chan struct{} // closed by Stop
}

// Option configures a Client.
type Option func(*Client)

// WithEventRetention removes webhook events older than d; 0, the default, keeps
// them forever. It should be longer than deliveries are retried.
func WithEventRetention(d time.Duration) Option {
	return func(c *Client) { c.retention = d }
}

// WithAuditRetention removes lines of the audit log older than d; 0, the default,
// keeps them forever.
func WithAuditRetention(d time.Duration) Option {
	return func(c *Client) { c.auditRetention = d }
}

// WithQueue gives the jobs of one module or topic, and the events delivered to
// it, a queue of their own with that many workers, so that slow work there delays
// nobody else. It must be given again at every start, or its jobs wait until it
// is.
func WithQueue(moduleName string, workers int) Option {
	return func(c *Client) { c.queues[moduleName] = workers }
}

// queueOf names the queue of a module or topic, by River's rules for names.
func (c *Client) queueOf(moduleName string) string {
	if c.queues[moduleName] == 0 {
		return river.QueueDefault
	}
	return strings.ReplaceAll(moduleName, ".", "_")
}

const (
	// fetchCooldown is the shortest time between two looks for jobs. River also
	// ignores wake-ups that follow the previous one more closely.
	fetchCooldown = time.Millisecond
	// fetchPoll finds jobs whose wake-up was missed.
	fetchPoll = time.Second
	// completedKept is how long finished jobs stay for inspection.
	completedKept = time.Hour
	// failedKept is how long jobs that were given up can be inspected and
	// retried.
	failedKept = 30 * 24 * time.Hour
	// stopGrace is how long cancelled jobs have to end and record that in a slow
	// database, so that it costs them no attempt.
	stopGrace = 5 * time.Second
)

// New returns a client over the store's own connections. It does not read or
// write anything yet.
func New(s *store.Store, cfg config.Jobs, r Runner, log *slog.Logger, opts ...Option) (*Client, error) {
	c := &Client{store: s, runner: r, log: log, queues: map[string]int{}, pace: paceOf(s), mendEvery: mendEvery, ending: make(chan struct{}),
		outage: newOutage(s.WritableNow)}
	for _, o := range opts {
		o(c)
	}
	c.quiet = slog.New(quiet{log.Handler(), c.outage})
	var err error
	if c.metrics, err = newMetrics(); err != nil {
		return nil, fmt.Errorf("make job metrics: %w", err)
	}
	if c.queue, err = newQueue(s, c.riverConfig(cfg)); err != nil {
		return nil, fmt.Errorf("make job queue: %w", err)
	}
	return c, nil
}

func (c *Client) riverConfig(cfg config.Jobs) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &moduleWorker{client: c})
	river.AddWorker(workers, &eventWorker{client: c})
	river.AddWorker(workers, &cleanupWorker{client: c})
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}}
	return &river.Config{
		Queues:                      queues,
		Workers:                     workers,
		MaxAttempts:                 cfg.MaxAttempts,
		JobTimeout:                  cfg.Timeout,
		RescueStuckJobsAfter:        rescueAfter(cfg.Timeout),
		RetryPolicy:                 backoff{},
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		CompletedJobRetentionPeriod: completedKept,
		DiscardedJobRetentionPeriod: failedKept,
		CancelledJobRetentionPeriod: failedKept,
		PeriodicJobs:                []*river.PeriodicJob{cleanupSchedule()},
		Logger:                      c.quiet,
	}
}

// rescueAfter is when a job that is still running counts as abandoned by its
// process: half an attempt longer than an attempt may take, at least 5 s, so that
// a handler slow to notice its time-out is not run twice at once.
func rescueAfter(timeout time.Duration) time.Duration {
	return timeout + max(timeout/2, 5*time.Second)
}

// Start starts running jobs. ctx bounds only the wait for the database; jobs run
// until Stop, after which the client cannot be started again. It takes a few
// database round trips, and may be called in a goroutine if the first answer must
// not wait for it.
func (c *Client) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started || c.stopped {
		return errors.New("start jobs: started or stopped already")
	}
	if err := c.store.Ping(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := c.queue.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	c.started = true
	c.serving.begin(c)
	mending, stop := context.WithCancel(context.Background())
	c.stopMending = stop
	c.mends.Go(func() { c.mendAlways(mending) })
	return nil
}

// Stop takes no more jobs and waits for running ones. If ctx ends first they are
// cancelled, which costs them no attempt; only if they do not end even then is
// that an error. It may be called without Start, and repeatedly.
func (c *Client) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	running := c.started && !c.stopped
	if !c.stopped {
		close(c.ending)
		defer c.outage.end()
	}
	c.stopped = true
	if !running {
		return nil
	}
	c.serving.end()
	c.stopMending()
	c.mends.Wait()
	err := c.queue.stop(ctx)
	if err == nil {
		return nil
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	if failed := c.queue.cancel(grace); failed != nil {
		return fmt.Errorf("stop jobs: %w", errors.Join(err, failed))
	}
	c.log.InfoContext(ctx, "jobs cancelled: they run again after the next start")
	return nil
}

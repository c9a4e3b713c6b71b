package mail_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/mail"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/smtpdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	patience = 60 * time.Second
	tick     = 10 * time.Millisecond
)

// post is the service with its jobs, a database and a mail server.
type post struct {
	forgets bool         // the next finished job is run again
	worked  atomic.Int32 // attempts that ended
	*mail.Service
	t      *testing.T
	server *smtpdev.Server
	cfg    config.Mail
	store  *store.Store
	jobs   *jobs.Client
	log    *lines
}

// onBoth runs the test on both engines.
func onBoth(t *testing.T, o smtpdev.Options, test func(t *testing.T, p *post)) {
	for name, db := range map[string]func(t *testing.T) config.Database{
		"sqlite":   func(t *testing.T) config.Database { return config.Database{Dir: migrated.SQLiteT(t)} },
		"postgres": func(t *testing.T) config.Database { return config.Database{URL: conf.NewSecret(migrated.PostgresT(t))} },
	} {
		t.Run(name, func(t *testing.T) { test(t, newPost(t, db(t), o)) })
	}
}

// onOne is for tests that do not depend on the engine.
func onOne(t *testing.T, o smtpdev.Options) *post {
	return newPost(t, config.Database{Dir: migrated.SQLiteT(t)}, o)
}

func newPost(t *testing.T, db config.Database, o smtpdev.Options) *post {
	t.Helper()
	t.Parallel() // most of the time is spent waiting for the next attempt
	p := &post{t: t, server: smtpdev.StartT(t, o), cfg: config.Default().Mail, log: &lines{}}
	p.cfg.Host, p.cfg.Port, p.cfg.From = p.server.Host, p.server.Port, "Foyer <foyer@example.org>"
	p.cfg.User, p.cfg.Password = o.User, conf.NewSecret(o.Password)
	p.cfg.StartTLS, p.cfg.TLS, p.cfg.VerifyTLS = o.Security == smtpdev.StartTLS, o.Security == smtpdev.TLS, false
	db.MaxConns, db.ConnectTimeout = 4, time.Minute
	var err error
	p.store, err = store.Open(t.Context(), db)
	require.NoError(t, err)
	t.Cleanup(p.store.Close)
	require.NoError(t, p.store.Migrate(t.Context()))
	p.restart()
	return p
}

// restart rebuilds service and queue, as another start of the gateway does.
func (p *post) restart() {
	p.t.Helper()
	if p.jobs != nil {
		require.NoError(p.t, p.jobs.Stop(context.Background()))
	}
	var err error
	log := slog.New(slog.NewTextHandler(p.log, nil))
	p.jobs, err = jobs.New(p.store, config.Default().Jobs, runner{p}, log, jobs.WithQueue(mail.Topic, 4))
	require.NoError(p.t, err)
	require.NoError(p.t, p.jobs.Migrate(context.Background()))
	p.Service, err = mail.New(mail.Options{Mail: p.cfg, Store: p.store, Jobs: p.jobs, Log: log})
	require.NoError(p.t, err)
	c := p.jobs
	p.t.Cleanup(func() { require.NoError(p.t, c.Stop(context.Background())) })
}

func (p *post) start() { require.NoError(p.t, p.jobs.Start(context.Background())) }

// runner gives jobs to the current service.
type runner struct{ p *post }

func (r runner) Work(ctx context.Context, _ string, j module.Job) error {
	err := r.p.Service.Work(ctx, j)
	defer r.p.worked.Add(1)
	if err == nil && r.p.forgets {
		r.p.forgets = false
		return errors.New("killed before the queue noted that the job is done")
	}
	return err
}

func (r runner) Deliver(context.Context, string, module.Event) error { return nil }

// send enqueues a message to people in Bcc.
func (p *post) send(bcc ...string) {
	p.t.Helper()
	require.NoError(p.t, p.Enqueue(p.t.Context(), "test", message(bcc...)))
}

func message(bcc ...string) module.Message {
	return module.Message{Bcc: bcc, Subject: "Bonjour Zoë", Text: "plain é\n", HTML: "<p>é</p>", Language: "fr-fr"}
}

// givenUp waits until n jobs have been given up.
func (p *post) givenUp(n int) []jobs.Job {
	p.t.Helper()
	var list []jobs.Job
	require.Eventually(p.t, func() bool {
		var err error
		list, err = p.jobs.List(p.t.Context(), jobs.Filter{States: []jobs.State{jobs.GivenUp}, Limit: 10})
		return err == nil && len(list) >= n
	}, patience, tick)
	require.Len(p.t, list, n)
	return list
}

// lines collects a log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

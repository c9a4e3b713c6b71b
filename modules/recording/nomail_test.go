package recording_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/mail"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/modules/recording"
	"foyer/sdk/module"
)

// postOffice has no mail server until one is configured.
type postOffice struct {
	closed *mail.Service
	open   moduletest.Outbox
	opened atomic.Bool
}

func (p *postOffice) For(owner string) module.Mail { return counter{p.closed.For(owner), p, owner} }

type counter struct {
	module.Mail // the one without a server
	*postOffice
	owner string
}

func (c counter) Enqueue(ctx context.Context, m module.Message) error {
	if c.opened.Load() {
		return c.open.For(c.owner).Enqueue(ctx, m)
	}
	return c.Mail.Enqueue(ctx, m)
}

// paper collects a log.
type paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func TestMail_without_a_mail_server_waits_for_an_operator_and_nothing_fails(t *testing.T) {
	for engine := range engines {
		for placement, process := range map[string]bool{"in process": false, "own process": true} {
			t.Run(engine+", "+placement, func(t *testing.T) {
				log := &paper{}
				post := &postOffice{}
				w := open(t, setup{
					engine: engine, process: process, mail: post, log: slog.New(slog.NewTextHandler(log, nil)),
					prepare: func(s *store.Store) {
						var err error
						post.closed, err = mail.New(mail.Options{Mail: config.Default().Mail, Store: s, Log: slog.New(slog.DiscardHandler)})
						require.NoError(t, err)
					},
				})
				both := map[*store.User]store.Role{&w.ada: store.Owner, &w.grace: store.Owner}
				first, second := w.recorded(time.Now().UTC(), both), w.recorded(time.Now().UTC(), both)
				w.mailed(4)
				w.becomes(first.ID, store.RecordingSaved)
				w.becomes(second.ID, store.RecordingSaved)
				w.nothingFailed()
				// A process's log lines may arrive after its answers.
				require.Eventually(t, func() bool { return strings.Contains(log.String(), "mail.host is not set") }, waitLong, waitShort)
				require.Equal(t, 1, strings.Count(log.String(), "mail.host is not set"), "once")
				require.NotContains(t, log.String(), "ERROR")

				w.do(recording.RetryJob(first.ID, false)) // too early
				w.mailed(6)
				w.becomes(first.ID, store.RecordingSaved)

				post.opened.Store(true)
				w.do(recording.RetryJob(first.ID, false))
				w.becomes(first.ID, store.RecordingNotified)
				require.Len(t, post.open.Messages(), 2)
				w.becomes(second.ID, store.RecordingSaved)
				w.nothingFailed()
			})
		}
	}
}

// mailed waits until n mail jobs have completed.
func (w *world) mailed(n int) {
	w.Helper()
	require.Eventually(w, func() bool {
		return n == w.number(`SELECT COUNT(*) FROM river_job WHERE state = 'completed' AND CAST(args AS TEXT) LIKE '%mail%'`)
	}, waitLong, waitShort)
}

// nothingFailed checks that no attempt of any job failed.
func (w *world) nothingFailed() {
	w.Helper()
	require.Zero(w, w.number(`SELECT COUNT(*) FROM river_job WHERE state IN ('retryable', 'discarded', 'cancelled') OR errors IS NOT NULL`))
}

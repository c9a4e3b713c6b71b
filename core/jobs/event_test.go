package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

func TestDeliver_hands_the_stored_event_over_in_the_trace_that_stored_it(t *testing.T) {
	tp, prop := otel.GetTracerProvider(), otel.GetTextMapPropagator()
	otel.SetTracerProvider(sdktrace.NewTracerProvider())
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t.Cleanup(func() { otel.SetTracerProvider(tp); otel.SetTextMapPropagator(prop) })
	onBoth(t, func(t *testing.T, db config.Database) {
		type delivery struct {
			module string
			event  module.Event
			trace  trace.TraceID
		}
		got := make(chan delivery, 8)
		s := open(t, db)
		c := client(t, s, defaults(), runner{deliver: func(ctx context.Context, m string, e module.Event) error {
			got <- delivery{m, e, trace.SpanContextFromContext(ctx).TraceID()}
			return nil
		}}, nil)
		require.NoError(t, c.Start(context.Background()))
		ctx, span := otel.Tracer("test").Start(context.Background(), "webhook")
		defer span.End()

		at := time.Now().UTC().Truncate(time.Microsecond)
		event := module.Event{ID: "EV_1", Name: "room_started", Room: "r", At: at, Body: []byte(`{"a": 1}`)}
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.AddEvent(ctx, store.Event{ID: event.ID, Name: event.Name, Room: event.Room, ReceivedAt: at, Body: event.Body})
			require.NoError(t, err)
			require.NoError(t, c.DeliverTx(ctx, tx, "EV_1"), "nobody listens")
			return c.DeliverTx(ctx, tx, "EV_1", "sip", "recording")
		}))
		var to []string
		for range 2 {
			d := next(t, got)
			to = append(to, d.module)
			require.Equal(t, event.At, d.event.At.UTC())
			d.event.At = event.At
			require.Equal(t, event, d.event)
			require.Equal(t, span.SpanContext().TraceID(), d.trace)
		}
		require.ElementsMatch(t, []string{"sip", "recording"}, to)
	})
}

func TestDeliver_gives_up_at_once_when_the_event_is_gone(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s := open(t, db)
		c := client(t, s, defaults(), runner{}, nil)
		require.NoError(t, c.Start(ctx))
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error { return c.DeliverTx(ctx, tx, "EV_gone", "sip") }))
		var list []jobs.Job
		require.Eventually(t, func() bool {
			var err error
			list, err = c.List(ctx, givenUp(10))
			return err == nil && len(list) == 1
		}, patience, 10*time.Millisecond)
		require.Equal(t, "event=EV_gone", list[0].About)
		require.Equal(t, "sip", list[0].Topic)
		require.Equal(t, "event", list[0].Kind)
		require.Equal(t, 1, list[0].Attempts)
	})
}

func TestDeliver_gives_up_at_once_on_what_nothing_can_hold(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s, log := open(t, db), &lockedBuffer{}
		attempts := make(chan string, 8)
		c := client(t, s, defaults(), runner{deliver: func(ctx context.Context, m string, _ module.Event) error {
			attempts <- m
			_, err := s.StandingOf(ctx, uuid.New(), "\x00", time.Now())
			return fmt.Errorf("note who left: %w", err)
		}}, slog.New(slog.NewTextHandler(log, nil)))
		require.NoError(t, c.Start(ctx))
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.AddEvent(ctx, store.Event{ID: "EV_1", Name: "participant_left", ReceivedAt: time.Now()})
			require.NoError(t, err)
			return c.DeliverTx(ctx, tx, "EV_1", "core.meetings")
		}))
		require.Equal(t, "core.meetings", next(t, attempts))
		require.Eventually(t, func() bool {
			list, err := c.List(ctx, givenUp(10))
			return err == nil && len(list) == 1 && list[0].Attempts == 1
		}, patience, 10*time.Millisecond)
		require.Equal(t, 1, strings.Count(log.String(), "note who left"), "it is said once")
		none(t, attempts)
	})
}

func TestCleanup_removes_old_lines_of_the_audit_log_and_tokens_that_are_over(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s := open(t, db)
		now := time.Now().UTC()
		for what, at := range map[string]time.Time{"old": now.Add(-2 * time.Hour), "new": now.Add(-30 * time.Minute)} {
			require.NoError(t, s.AppendAudit(ctx, store.AuditEntry{Action: what, At: at}))
			require.NoError(t, s.RevokeToken(ctx, what, at.Add(time.Hour)))
		}
		c := client(t, s, defaults(), runner{}, nil, jobs.WithAuditRetention(time.Hour))
		require.NoError(t, c.Start(ctx))
		require.Eventually(t, func() bool {
			list, err := s.Audit(ctx, store.AuditQuery{Limit: 10})
			over, bearerErr := s.Bearer(ctx, "", uuid.Nil, "old")
			return err == nil && bearerErr == nil && len(list) == 1 && list[0].Action == "new" && !over.Revoked
		}, patience, 20*time.Millisecond)
		b, err := s.Bearer(ctx, "", uuid.Nil, "new")
		require.NoError(t, err)
		require.True(t, b.Revoked)
	})
}

func TestCleanup_removes_old_events_only(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s := open(t, db)
		now := time.Now().UTC()
		for id, at := range map[string]time.Time{"old": now.Add(-2 * time.Hour), "new": now.Add(-30 * time.Minute)} {
			_, err := s.AddEvent(ctx, store.Event{ID: id, Name: "room_started", ReceivedAt: at, Body: []byte("{}")})
			require.NoError(t, err)
		}
		c := client(t, s, defaults(), runner{}, nil, jobs.WithEventRetention(time.Hour))
		require.NoError(t, c.Start(ctx))
		require.Eventually(t, func() bool {
			_, err := s.EventByID(ctx, "old")
			return err != nil
		}, patience, 20*time.Millisecond)
		_, err := s.EventByID(ctx, "new")
		require.NoError(t, err)
	})
}

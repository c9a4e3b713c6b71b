package applications_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// rules are the rules used by the tests.
var rules = applications.Rules{Scopes: []string{"rooms:create", "rooms:list", "rooms:delete", "rooms:list:all"}}

// world is the applications on a database of their own.
type world struct {
	*testing.T
	db    config.Database
	store *store.Store
	applications.Service
}

func onBoth(t *testing.T, test func(w *world)) {
	t.Run("sqlite", func(t *testing.T) {
		test(newWorld(t, config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 10 * time.Second}))
	})
	t.Run("postgres", func(t *testing.T) {
		test(newWorld(t, config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 4, ConnectTimeout: 10 * time.Second}))
	})
}

func newWorld(t *testing.T, db config.Database) *world {
	w := &world{T: t, db: db}
	w.store = w.open()
	require.NoError(t, w.store.Migrate(t.Context()))
	w.Service = applications.New(w.store, rules)
	return w
}

// open opens another connection, as another gateway or a command does.
func (w *world) open() *store.Store {
	w.Helper()
	s, err := store.Open(w.Context(), w.db)
	require.NoError(w, err)
	w.Cleanup(s.Close)
	s.Tell(listener{})
	return s
}

// listener stores every event of applications.
type listener struct{}

func (listener) Wanted(event string) bool { return event == module.EventApplicationChanged }

func (listener) AcceptTx(ctx context.Context, tx *store.Tx, e module.Event) error {
	_, err := tx.AddEvent(ctx, store.Event{ID: e.ID, Name: e.Name, ReceivedAt: e.At, Body: e.Body})
	return err
}

// create creates an application that may list rooms, for users of example.org.
func (w *world) create(name string) store.Application {
	w.Helper()
	a, secret, err := w.Create(w.Context(), applications.NewApplication{
		Name: name, Rights: applications.Rights{Scopes: []string{"rooms:list"}, Domains: []string{"example.org"}},
	})
	require.NoError(w, err)
	require.Len(w, secret.Reveal(), 128)
	return a
}

// state is everything stored about applications: rows, audit log entries, and events.
type state struct {
	apps   []store.Application
	lines  []store.AuditEntry
	events []module.ApplicationChanged
}

func (w *world) state() (s state) {
	w.Helper()
	var err error
	s.apps, err = w.store.Applications(w.Context())
	require.NoError(w, err)
	s.lines, err = w.store.Audit(w.Context(), store.AuditQuery{Limit: 10_000})
	require.NoError(w, err)
	list, err := w.store.EventsSince(w.Context(), time.Now().Add(-time.Hour), module.EventApplicationChanged)
	require.NoError(w, err)
	for _, e := range list {
		var b module.ApplicationChanged
		require.NoError(w, json.Unmarshal(e.Body, &b))
		s.events = append(s.events, b)
	}
	return s
}

// statement runs the test's own SQL.
func (w *world) statement(text string) {
	w.Helper()
	require.NoError(w, w.store.InTx(w.Context(), func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(w.Context(), text)
		} else {
			_, err = tx.SQL().ExecContext(w.Context(), text)
		}
		return err
	}))
}

// fields returns the names of the fields that the errors are about.
func fields(err error) (names []string) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			names = append(names, fields(e)...)
		}
		return names
	}
	if f, ok := errors.AsType[*module.FieldError](err); ok {
		names = append(names, f.Field)
	}
	return names
}

func ptr[T any](v T) *T { return &v }

var nobody = uuid.MustParse("00000000-0000-4000-8000-000000000001")

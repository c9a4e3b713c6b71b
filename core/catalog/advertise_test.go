package catalog

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/flags"
	"foyer/sdk/module"
)

// late is a module of which only the routes are known before it runs.
type late struct{ shown map[string]any }

func (l *late) hurry()                                                      {}
func (l *late) describe() module.Description                                { return module.Description{Name: "late"} }
func (l *late) open(context.Context) (instance, error)                      { return l, nil }
func (l *late) start(context.Context, module.Host) error                    { return nil }
func (l *late) stop(context.Context) error                                  { return nil }
func (l *late) serve(http.ResponseWriter, *http.Request, http.Handler) bool { return true }
func (l *late) why() error                                                  { return nil }
func (l *late) deliver(context.Context, module.Event) error                 { return nil }
func (l *late) work(context.Context, module.Job) error                      { return nil }
func (l *late) check(context.Context) error                                 { return nil }
func (l *late) done() <-chan struct{}                                       { return nil }
func (l *late) advertise(context.Context) (map[string]any, error)           { return l.shown, nil }

type allOn struct{}

func (allOn) On(flags.Key) bool              { return true }
func (allOn) OnChange(func(flags.Key, bool)) {}

func TestStart_tells_when_more_is_advertised_than_before(t *testing.T) {
	changes := 0
	place := &late{shown: map[string]any{"late": map[string]any{"enabled": true}}}
	u := &unit{
		name: "late", place: place, policy: Policy{Start: time.Minute, Stop: time.Minute}, flags: allOn{},
		host: func() module.Host { return nil }, log: slog.New(slog.DiscardHandler), changed: func() { changes++ },
	}
	for range 2 {
		_, err := u.open(t.Context())
		require.NoError(t, err)
		require.Equal(t, place.shown, u.advertised())
		require.Equal(t, 1, changes, "the same again is not a change")
	}
	place.shown = map[string]any{"late": map[string]any{"enabled": false}}
	_, err := u.open(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, changes)
}

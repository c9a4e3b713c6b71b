package secrets_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/legacy/credential"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/modules/external-api/secrets"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// world is a database with applications, and what the gateway gives modules to reach
// them.
type world struct {
	*testing.T
	store *store.Store
	host  module.Host
}

// newWorld allows that many unknown secrets a minute for each client id.
func newWorld(t *testing.T, allowed int) *world {
	t.Helper()
	s, err := store.Open(t.Context(), config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 10 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	rates := map[string]config.Rate{secrets.Scope: {Count: allowed, Period: time.Hour}}
	services := host.Services{
		Parts:    hostapi.Parts{Applications: applications.New(s, applications.Rules{}), Log: slog.New(slog.DiscardHandler)},
		Throttle: ephemeral.Modules{Throttle: ephemeral.NewThrottle(rates, time.Now)},
	}
	return &world{t, s, services.Host("external_api")}
}

// process returns the verifier of a gateway that has just started.
func (w *world) process() *secrets.Verifier {
	return secrets.New(secrets.Options{Directory: w.host.Applications(), Throttle: w.host.Throttle(), Log: w.host.Log()})
}

// application stores one that has a secret, hashed in that many rounds.
func (w *world) application(clientID, secret string, rounds int) store.Application {
	w.Helper()
	a, err := w.store.CreateApplication(w.Context(), store.Application{
		Name: clientID, ClientID: clientID, IsActive: true, Secrets: []store.ApplicationSecret{{Hash: w.hash(secret, rounds)}},
	})
	require.NoError(w, err)
	return a
}

func (w *world) hash(secret string, rounds int) string {
	w.Helper()
	text, err := credential.Make(secret, rounds)
	require.NoError(w, err)
	return text
}

// check does what the token route does, with the application in its current state.
func (w *world) check(ctx context.Context, v *secrets.Verifier, clientID, secret string) error {
	var app *module.Application
	if a, err := w.host.Applications().ByClientID(ctx, clientID); err == nil {
		app = &a
	}
	_, err := v.Check(ctx, clientID, app, secret)
	return err
}

func strong(t *testing.T) string {
	t.Helper()
	text, err := credential.Random(128)
	require.NoError(t, err)
	return text
}

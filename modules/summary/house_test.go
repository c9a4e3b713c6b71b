package summary_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/httpx"
	"foyer/core/jobs"
	"foyer/core/moduletest"
	"foyer/core/recordings"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/flags"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/summarydev"
	"foyer/modules/summary"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) { moduletest.Main(m, summary.New) }

const (
	hookPath  = "/api/v1.0/recordings/external-process-hook/"
	hookToken = "what-the-service-sends"
	waitLong  = 60 * time.Second
	waitShort = 5 * time.Millisecond
)

// house is the module with the parts of the gateway that it relies on: a store, running
// jobs, events, and a callback route.
type house struct {
	*testing.T
	peer       *summarydev.Peer
	store      *store.Store
	recordings *recordings.Service
	edge       *httptest.Server
	jobs       *jobs.Client
	room       store.Room
	owner      store.User
	process    bool
	stop       func() // to be called before another run
}

// everywhere runs the test on both engines and in both placements.
func everywhere(t *testing.T, test func(h *house)) {
	t.Helper()
	everywhereWith(t, defaultSection, test)
}

// everywhereWith does the same with another section for the module.
func everywhereWith(t *testing.T, section func(h *house) string, test func(h *house)) {
	for engine, db := range map[string]func(*testing.T) config.Database{"sqlite": onSQLite, "postgres": onPostgres} {
		for placement, process := range map[string]bool{"in process": false, "own process": true} {
			t.Run(engine+", "+placement, func(t *testing.T) { test(open(t, db(t), process, section)) })
		}
	}
}

// defaultSection names the peer and its tokens.
func defaultSection(h *house) string {
	return fmt.Sprintf("version: 2\nendpoint: %s\napi_token: %s\nwebhook_api_token: %s\ntimeout: 5s\nbreaker: {failures: 1000}\n",
		h.peer.URL, summarydev.Token, hookToken)
}

func onSQLite(t *testing.T) config.Database {
	return config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 5 * time.Second}
}

func onPostgres(t *testing.T) config.Database {
	return config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 10, ConnectTimeout: 5 * time.Second}
}

func open(t *testing.T, db config.Database, process bool, section func(*house) string) *house {
	t.Helper()
	h := &house{T: t, peer: summarydev.Start(false), process: process}
	t.Cleanup(h.peer.Stop)
	var err error
	h.store, err = store.Open(t.Context(), db)
	require.NoError(t, err)
	t.Cleanup(h.store.Close)
	require.NoError(t, h.store.Migrate(t.Context()))
	h.people()
	h.run(section(h))
	return h
}

// people creates an owner and a room.
func (h *house) people() {
	var err error
	h.owner, err = h.store.CreateUser(h.Context(), store.User{
		Sub: new("ada"), Email: new("ada@example.org"), Language: "fr-fr", Timezone: "Europe/Paris",
	})
	require.NoError(h, err)
	h.room, err = h.store.CreateRoom(h.Context(), store.Room{Name: "Weekly", Slug: "weekly", AccessLevel: store.Public}, h.owner.ID)
	require.NoError(h, err)
}

// run starts the module and the jobs; they end with the test, or when stop is called.
func (h *house) run(section string) {
	log := moduletest.Log(h.T)
	on := map[module.Flag]bool{summary.Name: true, summary.HookFlag: true, "summary-enabled": true}
	gates, err := flags.NewGates(h.Context(), flags.NewStatic(on), on, log)
	require.NoError(h, err)
	services := &host.Services{Flags: gates, Parts: hostapi.Parts{
		Log: log, Rooms: rooms.NewModuleReads(h.store),
		Storage: &module.Storage{Endpoint: "http://127.0.0.1:1", Bucket: "media", AccessKey: "key", SecretKey: conf.NewSecret("secret")},
	}}
	cat, err := catalog.New(catalog.Options{
		Modules: []module.Module{summary.New()}, Flags: gates, Log: log,
		Policy:   catalog.Policy{Launch: waitLong, Start: waitLong},
		Sections: []catalog.Section{{Name: summary.Name, Process: h.process, Raw: []byte(section)}},
		Host:     func(name string) module.Host { return services.Host(name) },
	})
	require.NoError(h, err)
	j, err := jobs.New(h.store, config.Jobs{Workers: 10, MaxAttempts: 25, Timeout: time.Minute}, cat, log)
	require.NoError(h, err)
	require.NoError(h, j.Migrate(h.Context()))
	kept := documents.New(h.store, j, events.New(h.store, j, cat))
	h.recordings = recordings.New(recordings.Options{
		Recordings: config.Recordings{OutputFolder: "recordings", DownloadBaseURL: "https://meet.example.org/recording"},
		Store:      h.store, Then: kept,
	})
	services.Jobs, services.Documents, services.Recordings, h.jobs = j, kept, h.recordings, j
	require.NoError(h, cat.Start(h.Context()))
	require.NoError(h, j.Start(h.Context()))
	h.serve(cat, gates, log)
	h.stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), waitLong)
		defer cancel()
		require.NoError(h, j.Stop(ctx))
		require.NoError(h, cat.Stop(ctx))
		require.NoError(h, gates.Close(ctx))
	})
	h.Cleanup(h.stop)
}

func (h *house) serve(cat *catalog.Catalog, gates *flags.Gates, log *slog.Logger) {
	var groups []httpx.Group
	for _, g := range cat.Groups() {
		groups = append(groups, httpx.Group{Flag: g.Flag, Routes: g.Routes})
	}
	guard := &moduletest.Guard{}
	handler, err := httpx.Build(httpx.Options{Guard: guard, Limiter: guard, Gate: gates, Log: log}, groups...)
	require.NoError(h, err)
	h.edge = httptest.NewServer(handler)
	h.Cleanup(h.edge.Close)
}

// finish does what the recording module does when a recording is complete.
func (h *house) finish(notices ...string) uuid.UUID {
	h.Helper()
	r, err := h.store.CreateRecording(h.Context(), store.Recording{RoomID: h.room.ID, Mode: store.Transcript, Options: []byte(`{}`)}, h.owner.ID)
	require.NoError(h, err)
	mine := h.recordings.For("recording")
	_, moved, err := mine.Move(h.Context(), r.ID, module.RecordingMove{To: module.RecordingActive, Worker: "EG_" + r.ID.String()}, module.Then{})
	require.NoError(h, err)
	require.True(h, moved)
	h.save(r.ID, notices...)
	return r.ID
}

func (h *house) save(id uuid.UUID, notices ...string) {
	h.Helper()
	_, _, err := h.recordings.For("recording").Move(h.Context(), id,
		module.RecordingMove{To: module.RecordingSaved, Notices: notices, StartedAt: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)},
		module.Then{Emit: []module.Emission{{
			ID: "saved-" + id.String(), Name: module.EventRecordingSaved, Room: h.room.ID.String(),
			Body: module.SavedRecording{Recording: id, Summary: slices.Contains(notices, module.NoticeSummary)},
		}}})
	require.NoError(h, err)
}

// becomes waits until the recording has the status.
func (h *house) becomes(id uuid.UUID, want store.RecordingStatus) {
	h.Helper()
	require.Eventually(h, func() bool {
		r, err := h.store.RecordingByID(h.Context(), id)
		return err == nil && r.Status == want
	}, waitLong, waitShort, "never %s", want)
}

// call sends what the service sends and returns status and body.
func (h *house) call(authorization, text string) (int, string) {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), http.MethodPost, h.edge.URL+hookPath, strings.NewReader(text))
	require.NoError(h, err)
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := h.edge.Client().Do(req)
	require.NoError(h, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(h, err)
	return resp.StatusCode, string(answer)
}

package recording_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/s3dev"
	"foyer/modules/recording"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// How long, and how often, the tests wait for things that take their own time.
const (
	waitLong  = 90 * time.Second
	waitShort = 10 * time.Millisecond
)

// media is one LiveKit server for all tests, since its library keeps state in package
// variables, together with the stand-in egress worker. Its webhooks go to the world
// whose room they are about.
var media struct {
	server *livekitdev.Server
	worker *egressdev.Worker

	mu      sync.Mutex
	worlds  map[string]*world
	endings map[string]egressdev.Ending
}

func TestMain(m *testing.M) {
	os.Exit(moduletest.Execute(func() int {
		code, err := withMedia(m.Run)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}, recording.New))
}

func withMedia(run func() int) (int, error) {
	media.worlds, media.endings = map[string]*world{}, map[string]egressdev.Ending{}
	router := http.NewServeMux()
	receiver := livekithook.New(config.LiveKit{
		APIKey: livekitdev.DevKey, APISecret: conf.NewSecret(livekitdev.DevSecret), WebhookLimit: 1 << 20,
	}, post{}, slog.New(slog.DiscardHandler))
	for _, r := range receiver.Routes() {
		router.Handle(r.Method+" "+r.Path, r.Handler)
	}
	hooks := httptest.NewServer(router)
	defer hooks.Close()
	ctx := context.Background()
	var err error
	media.server, err = livekitdev.Start(ctx, livekitdev.Options{WebhookURLs: []string{hooks.URL + livekithook.Path}})
	if err != nil {
		return 0, err
	}
	defer media.server.Stop()
	media.worker, err = egressdev.Start(ctx, egressdev.Options{Redis: media.server.RedisAddr(), Script: func(room string) egressdev.Ending {
		media.mu.Lock()
		defer media.mu.Unlock()
		return media.endings[room]
	}})
	if err != nil {
		return 0, err
	}
	defer media.worker.Stop()
	return run(), nil
}

// post delivers webhooks to the world of their room.
type post struct{}

func (post) Accept(ctx context.Context, e module.Event) error {
	media.mu.Lock()
	w := media.worlds[e.Room]
	media.mu.Unlock()
	if w == nil || w.deaf {
		return nil
	}
	return w.gw.Emit(ctx, e)
}

// world is a gateway with the module, and a room that ada owns.
type world struct {
	*testing.T
	gw         *moduletest.Gateway
	st         *store.Store
	ada, grace store.User
	room       store.Room
	live       *livekit.Client
	c          moduletest.Case
	deaf       bool // LiveKit's webhooks are lost
}

// engines are the databases on which tests of the state run.
var engines = map[string]func(*testing.T) config.Database{
	"sqlite": func(t *testing.T) config.Database {
		return config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 20 * time.Second}
	},
	"postgres": func(t *testing.T) config.Database {
		return config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 10, ConnectTimeout: 20 * time.Second}
	},
}

// setup is how a world differs from the usual one: SQLite, in process, default settings,
// and an egress that records until it is stopped.
type setup struct {
	engine  string
	process bool
	config  string
	section config.Recordings
	ending  egressdev.Ending
	deaf    bool
	url     string // of LiveKit
	bucket  *s3dev.Server
	new     func() module.Module // nil = recording.New
	mail    host.Of[module.Mail] // nil = the outbox
	log     *slog.Logger
	prepare func(*store.Store) // runs before the module starts
}

func open(t *testing.T, o setup) *world {
	t.Helper()
	w := &world{T: t, deaf: o.deaf}
	if o.engine == "" {
		o.engine = "sqlite"
	}
	var err error
	w.st, err = store.Open(t.Context(), engines[o.engine](t))
	require.NoError(t, err)
	t.Cleanup(w.st.Close)
	require.NoError(t, w.st.Migrate(t.Context()))
	w.ada, w.grace = w.account("ada", "fr-fr", "Europe/Paris"), w.account("grace", "en-us", "UTC")
	w.room, err = w.st.CreateRoom(t.Context(), store.Room{Name: "Weekly call", Slug: "weekly-call", AccessLevel: store.Public}, w.ada.ID)
	require.NoError(t, err)
	name := w.room.ID.String()
	media.mu.Lock()
	media.endings[name] = o.ending
	media.mu.Unlock()
	w.live = livekit.NewClient(media.server.LiveKit())
	t.Cleanup(w.live.Close)
	lk := media.server.LiveKit()
	if o.url != "" {
		lk.URL = o.url
	}
	w.c = moduletest.Case{
		New: recording.New, Mail: o.mail, Log: o.log, Config: o.config, LiveKit: lk, Store: w.st, Recordings: o.section,
		Storage: module.Storage{Endpoint: "http://127.0.0.1:1", Bucket: "media", AccessKey: "k", SecretKey: conf.NewSecret("s")},
	}
	if s3 := o.bucket; s3 != nil {
		w.c.Storage = module.Storage{
			Endpoint: s3.URL, Bucket: s3.Bucket, Region: s3dev.Region, AccessKey: s3dev.AccessKey, SecretKey: conf.NewSecret(s3dev.SecretKey),
		}
	}
	if o.new != nil {
		w.c.New = o.new
	}
	if o.prepare != nil {
		o.prepare(w.st)
	}
	w.gw = moduletest.Start(t, w.c, o.process)
	media.mu.Lock()
	media.worlds[name] = w
	media.mu.Unlock()
	t.Cleanup(func() {
		media.mu.Lock()
		delete(media.worlds, name)
		media.mu.Unlock()
	})
	return w
}

func (w *world) account(sub, language, zone string) store.User {
	w.Helper()
	email := sub + "@example.org"
	u, err := w.st.CreateUser(w.Context(), store.User{Sub: &sub, Email: &email, IsActive: true, Language: language, Timezone: zone})
	require.NoError(w, err)
	return u
}

// join makes the room live.
func (w *world) join() {
	w.Helper()
	_, err := w.live.CreateDispatch(w.Context(), w.room.ID.String(), "scribe")
	require.NoError(w, err)
}

// call posts to one of the room's actions as the given user.
func (w *world) call(u store.User, action, body string) moduletest.Answer {
	w.Helper()
	return w.gw.Send(w, moduletest.Request{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/" + w.room.Slug + "/" + action + "/", Body: body,
		Header: http.Header{"Content-Type": {"application/json"}}, Caller: &module.Caller{UserID: u.ID},
	})
}

const startVideo = `{"mode":"screen_recording"}`

// start starts a recording and returns it.
func (w *world) start(body string) store.Recording {
	w.Helper()
	a := w.call(w.ada, "start-recording", body)
	require.Equal(w, http.StatusCreated, a.Status, a.Body)
	require.Equal(w, `{"message":"Recording successfully started for room weekly-call"}`, a.Body)
	r, err := w.st.RecordingUnderWay(w.Context(), w.room.ID)
	require.NoError(w, err)
	return r
}

func (w *world) stop() {
	w.Helper()
	a := w.call(w.ada, "stop-recording", "")
	require.Equal(w, http.StatusOK, a.Status, a.Body)
	require.Equal(w, `{"message":"Recording stopped for room weekly-call."}`, a.Body)
}

// becomes waits until the recording has the status.
func (w *world) becomes(id uuid.UUID, status store.RecordingStatus) store.Recording {
	w.Helper()
	var r store.Recording
	require.Eventually(w, func() bool {
		var err error
		r, err = w.st.RecordingByID(w.Context(), id)
		return err == nil && r.Status == status
	}, waitLong, waitShort, "want %s", status)
	return r
}

// metadata returns the room's metadata as an object.
func (w *world) metadata() map[string]any {
	w.Helper()
	all, err := w.askMetadata()
	require.NoError(w, err)
	return all
}

func (w *world) askMetadata() (map[string]any, error) {
	all := map[string]any{}
	list, err := w.live.ListRooms(w.Context(), w.room.ID.String())
	if err != nil || len(list) != 1 || list[0].Metadata == "" {
		return all, err
	}
	return all, json.Unmarshal([]byte(list[0].Metadata), &all)
}

// shows waits until the room shows the status; "" = none.
func (w *world) shows(status string) {
	w.Helper()
	require.Eventually(w, func() bool {
		all, err := w.askMetadata()
		got, _ := all["recording_status"].(string)
		_, mode := all["recording_mode"]
		return err == nil && got == status && mode == (status != "")
	}, waitLong, waitShort, "want %q", status)
}

// begin starts the recording's egress as the module does, but does not store it.
func (w *world) begin(r store.Recording) {
	w.Helper()
	_, err := w.live.StartEgress(w.Context(), livekit.Recording{
		Room: r.RoomID.String(), Path: "recordings/" + r.ID.String() + ".mp4", Storage: w.c.Storage,
	})
	require.NoError(w, err)
}

package recordings_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
)

const noRecording = `{"detail":"No Recording matches the given query."}`

// expiring makes recordings expire.
func expiring(days int) coretest.Setting {
	return func(_ *testing.T, c *config.Config) { c.Recordings.ExpirationDays = &days }
}

// share gives an account a role on a recording.
func share(h *coretest.House, r store.Recording, sub string, role store.Role) {
	h.Helper()
	u, err := h.Store.UserBySub(h.Context(), sub)
	require.NoError(h, err)
	const text = `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
		VALUES ($1, $2, $2, '', $3, $4, $5)`
	require.NoError(h, h.Store.InTx(h.Context(), func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(h.Context(), text, uuid.New(), time.Now(), string(role), r.ID, u.ID)
		} else {
			_, err = tx.SQL().ExecContext(h.Context(), text, uuid.New(), time.Now().UTC(), string(role), r.ID, u.ID)
		}
		return err
	}))
}

func TestRecordings_are_shown_to_those_with_a_role_on_them(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, expiring(3))
		ada, grace, alan, mary := h.SignIn("ada"), h.SignIn("grace"), h.SignIn("alan"), h.SignIn("mary")
		room := ada.Create(coretest.Object{"name": "Weekly call"})
		h.Grant(room, "mary", store.Owner) // a role in the room, which grants nothing
		r := h.Recorded(room, store.Transcript, store.RecordingSaved)
		share(h, r, "grace", store.Administrator)
		share(h, r, "alan", store.Member)
		path := coretest.RecordingsPath + r.ID.String() + "/"

		h.Anonymous().Get(coretest.RecordingsPath).Is(http.StatusUnauthorized, coretest.NoCredentials)
		h.Anonymous().Get(path).Is(http.StatusUnauthorized, coretest.NoCredentials)
		mary.Get(coretest.RecordingsPath).Is(http.StatusOK, coretest.EmptyPage)
		mary.Get(path).Is(http.StatusNotFound, noRecording)
		alan.Get(path).Is(http.StatusForbidden, coretest.Forbidden)
		ada.Get(coretest.RecordingsPath+uuid.NewString()+"/").Is(http.StatusNotFound, noRecording)
		ada.Get(coretest.RecordingsPath+"not-an-id/").Is(http.StatusNotFound, coretest.NotFound)
		for _, b := range []*coretest.Browser{ada, grace} {
			got := b.Get(path).JSON()
			require.Equal(t, r.ID.String(), got["id"])
			require.Equal(t, coretest.Object{"id": room["id"], "name": "Weekly call", "slug": "weekly-call", "access_level": "public"}, got["room"])
			require.Equal(t, "saved", got["status"])
			require.Equal(t, "transcript", got["mode"])
			require.Equal(t, coretest.Object{}, got["options"])
			require.Equal(t, "recordings/"+r.ID.String()+".ogg", got["key"])
			require.Equal(t, false, got["is_expired"])
			created, err := time.Parse(time.RFC3339Nano, got["created_at"].(string))
			require.NoError(t, err)
			require.True(t, created.Equal(r.CreatedAt))
			require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$`, got["created_at"])
			expires, err := time.Parse(time.RFC3339Nano, got["expired_at"].(string))
			require.NoError(t, err)
			require.Equal(t, 72*time.Hour, expires.Sub(created))
		}
		list := alan.Get(coretest.RecordingsPath).JSON()
		require.EqualValues(t, 1, list["count"])
		require.Equal(t, r.ID.String(), list["results"].([]any)[0].(coretest.Object)["id"])
	})
}

func TestRecordings_come_in_pages_newest_first(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	room := ada.Create(coretest.Object{"name": "Weekly call"})
	var last store.Recording
	for range 3 {
		last = h.Recorded(room, store.ScreenRecording, store.RecordingStopped)
	}
	first := ada.Get(coretest.RecordingsPath + "?page_size=2").JSON()
	require.EqualValues(t, 3, first["count"])
	require.Len(t, first["results"], 2)
	require.Equal(t, last.ID.String(), first["results"].([]any)[0].(coretest.Object)["id"])
	require.Nil(t, first["results"].([]any)[0].(coretest.Object)["expired_at"])
	require.Equal(t, h.URL+coretest.RecordingsPath+"?page=2&page_size=2", first["next"])
	require.Len(t, ada.Get(coretest.RecordingsPath + "?page=2&page_size=2").JSON()["results"], 1)
	ada.Get(coretest.RecordingsPath+"?page=9").Is(http.StatusNotFound, `{"detail":"Invalid page."}`)
}

func TestRecording_is_deleted_once_it_is_final(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada, alan := h.SignIn("ada"), h.SignIn("alan")
		for status, want := range map[store.RecordingStatus]int{
			store.RecordingInitiated: 403, store.RecordingActive: 403, store.RecordingNotified: 403, store.RecordingStopped: 204,
			store.RecordingSaved: 204, store.RecordingAborted: 204, store.RecordingNotStopped: 204, store.RecordingProcessed: 204,
		} {
			room := ada.Create(coretest.Object{"name": "Room " + string(status)})
			begin := status
			if status == store.RecordingNotified {
				begin = store.RecordingSaved
			}
			r := h.Recorded(room, store.ScreenRecording, begin)
			_, _, err := h.Store.MoveRecording(t.Context(), r.ID, store.RecordingMove{To: status})
			require.NoError(t, err)
			share(h, r, "alan", store.Member)
			path := coretest.RecordingsPath + r.ID.String() + "/"
			h.Anonymous().Send(http.MethodDelete, path, nil).Is(http.StatusUnauthorized, coretest.NoCredentials)
			alan.Send(http.MethodDelete, path, nil).Is(http.StatusForbidden, coretest.Forbidden)
			a := ada.Send(http.MethodDelete, path, nil)
			require.Equal(t, want, a.Status, "%s: %s", status, a.Body)
			gone := ada.Get(path).Status == http.StatusNotFound
			require.Equal(t, want == 204, gone, status)
		}
	})
}

func TestRecordings_stay_their_owners_while_none_can_be_made(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(t *testing.T, c *config.Config) {
		off, _, err := config.Load(config.Source{Modules: coretest.Modules})
		require.NoError(t, err)
		c.Modules = off.Modules
	}, expiring(5))
	ada := h.SignIn("ada")
	room := ada.Create(coretest.Object{"name": "Weekly call"})
	r := h.Recorded(room, store.ScreenRecording, store.RecordingSaved)
	require.Equal(t, http.StatusOK, ada.Get(coretest.RecordingsPath+r.ID.String()+"/").Status)
	ada.Send(http.MethodPost, "/api/v1.0/rooms/weekly-call/start-recording/", coretest.Object{"mode": "screen_recording"}).Is(http.StatusNotFound, coretest.NotFound)
	shown := h.Anonymous().Get("/api/v1.0/config/").JSON()["recording"]
	require.Equal(t, coretest.Object{
		"is_enabled": false, "available_modes": []any{"screen_recording", "transcript"}, "expiration_days": float64(5), "max_duration": nil,
	}, shown)
}

func TestRecording_settings_of_the_replaced_server_hold(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(t *testing.T, c *config.Config) {
		legacy, _, err := config.Load(config.Source{Modules: coretest.Modules, Environ: []string{
			"RECORDING_ENABLE=True", "RECORDING_MAX_DURATION=5400000", "RECORDING_EXPIRATION_DAYS=7", "RECORDING_OUTPUT_FOLDER=videos",
			"RECORDING_WORKER_CLASSES={'transcript': 'core.recording.worker.services.AudioCompositeEgressService'}",
			"RECORDING_STORAGE_EVENT_ENABLE=true", "RECORDING_STORAGE_EVENT_TOKEN=s3cret", "AWS_STORAGE_BUCKET_NAME=files",
			"RECORDING_EVENT_PARSER_CLASS=core.recording.event.parsers.S3Parser", "SCREEN_RECORDING_BASE_URL=https://meet.example.org/r",
		}})
		require.NoError(t, err)
		c.Modules, c.Recordings, c.Storage = legacy.Modules, legacy.Recordings, legacy.Storage
	})
	require.Equal(t, coretest.Object{
		"is_enabled": true, "available_modes": []any{"transcript"}, "expiration_days": float64(7), "max_duration": float64(5400000),
	}, h.Anonymous().Get("/api/v1.0/config/").JSON()["recording"])
	require.Equal(t, "https://meet.example.org/r", h.Config.Recordings.DownloadBaseURL)
	ada := h.SignIn("ada")
	r := h.Recorded(ada.Create(coretest.Object{"name": "Weekly call"}), store.Transcript, store.RecordingActive)
	require.Equal(t, "videos/"+r.ID.String()+".ogg", ada.Get(coretest.RecordingsPath + r.ID.String() + "/").JSON()["key"])

	notice, err := json.Marshal(coretest.Object{"Records": []coretest.Object{{"s3": coretest.Object{
		"bucket": coretest.Object{"name": "files"}, "object": coretest.Object{"key": "videos/" + r.ID.String() + ".ogg"}}}}})
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodPost, h.URL+coretest.RecordingsPath+"storage-hook/", bytes.NewReader(notice))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer s3cret")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	now, err := h.Store.RecordingByID(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, store.RecordingSaved, now.Status)
}

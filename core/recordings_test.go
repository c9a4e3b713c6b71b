package core_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

const recordingsPath = "/api/v1.0/recordings/"

const noRecording = `{"detail":"No Recording matches the given query."}`

// expiring makes recordings expire.
func expiring(days int) setting {
	return func(_ *testing.T, c *config.Config) { c.Recordings.ExpirationDays = &days }
}

// share gives an account a role on a recording.
func (h *house) share(r store.Recording, sub string, role store.Role) {
	h.Helper()
	u, err := h.st.UserBySub(h.Context(), sub)
	require.NoError(h, err)
	const text = `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
		VALUES ($1, $2, $2, '', $3, $4, $5)`
	require.NoError(h, h.st.InTx(h.Context(), func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(h.Context(), text, uuid.New(), time.Now(), string(role), r.ID, u.ID)
		} else {
			_, err = tx.SQL().ExecContext(h.Context(), text, uuid.New(), time.Now().UTC(), string(role), r.ID, u.ID)
		}
		return err
	}))
}

func TestRecordings_are_shown_to_those_with_a_role_on_them(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine, expiring(3))
		ada, grace, alan, mary := h.signIn("ada"), h.signIn("grace"), h.signIn("alan"), h.signIn("mary")
		room := ada.create(object{"name": "Weekly call"})
		h.grant(room, "mary", store.Owner) // a role in the room, which grants nothing
		r := h.recorded(room, store.Transcript, store.RecordingSaved)
		h.share(r, "grace", store.Administrator)
		h.share(r, "alan", store.Member)
		path := recordingsPath + r.ID.String() + "/"

		h.anonymous().get(recordingsPath).is(http.StatusUnauthorized, noCredentials)
		h.anonymous().get(path).is(http.StatusUnauthorized, noCredentials)
		mary.get(recordingsPath).is(http.StatusOK, emptyPage)
		mary.get(path).is(http.StatusNotFound, noRecording)
		alan.get(path).is(http.StatusForbidden, forbidden)
		ada.get(recordingsPath+uuid.NewString()+"/").is(http.StatusNotFound, noRecording)
		ada.get(recordingsPath+"not-an-id/").is(http.StatusNotFound, notFound)
		for _, b := range []*browser{ada, grace} {
			got := b.get(path).json()
			require.Equal(t, r.ID.String(), got["id"])
			require.Equal(t, object{"id": room["id"], "name": "Weekly call", "slug": "weekly-call", "access_level": "public"}, got["room"])
			require.Equal(t, "saved", got["status"])
			require.Equal(t, "transcript", got["mode"])
			require.Equal(t, object{}, got["options"])
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
		list := alan.get(recordingsPath).json()
		require.EqualValues(t, 1, list["count"])
		require.Equal(t, r.ID.String(), list["results"].([]any)[0].(object)["id"])
	})
}

func TestRecordings_come_in_pages_newest_first(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	room := ada.create(object{"name": "Weekly call"})
	var last store.Recording
	for range 3 {
		last = h.recorded(room, store.ScreenRecording, store.RecordingStopped)
	}
	first := ada.get(recordingsPath + "?page_size=2").json()
	require.EqualValues(t, 3, first["count"])
	require.Len(t, first["results"], 2)
	require.Equal(t, last.ID.String(), first["results"].([]any)[0].(object)["id"])
	require.Nil(t, first["results"].([]any)[0].(object)["expired_at"])
	require.Equal(t, h.url+recordingsPath+"?page=2&page_size=2", first["next"])
	require.Len(t, ada.get(recordingsPath + "?page=2&page_size=2").json()["results"], 1)
	ada.get(recordingsPath+"?page=9").is(http.StatusNotFound, `{"detail":"Invalid page."}`)
}

func TestRecording_is_deleted_once_it_is_final(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada, alan := h.signIn("ada"), h.signIn("alan")
		for status, want := range map[store.RecordingStatus]int{
			store.RecordingInitiated: 403, store.RecordingActive: 403, store.RecordingNotified: 403, store.RecordingStopped: 204,
			store.RecordingSaved: 204, store.RecordingAborted: 204, store.RecordingNotStopped: 204, store.RecordingProcessed: 204,
		} {
			room := ada.create(object{"name": "Room " + string(status)})
			begin := status
			if status == store.RecordingNotified {
				begin = store.RecordingSaved
			}
			r := h.recorded(room, store.ScreenRecording, begin)
			_, _, err := h.st.MoveRecording(t.Context(), r.ID, store.RecordingMove{To: status})
			require.NoError(t, err)
			h.share(r, "alan", store.Member)
			path := recordingsPath + r.ID.String() + "/"
			h.anonymous().send(http.MethodDelete, path, nil).is(http.StatusUnauthorized, noCredentials)
			alan.send(http.MethodDelete, path, nil).is(http.StatusForbidden, forbidden)
			a := ada.send(http.MethodDelete, path, nil)
			require.Equal(t, want, a.status, "%s: %s", status, a.body)
			gone := ada.get(path).status == http.StatusNotFound
			require.Equal(t, want == 204, gone, status)
		}
	})
}

func TestRecordings_stay_their_owners_while_none_can_be_made(t *testing.T) {
	h := open(t, engines["sqlite"], func(t *testing.T, c *config.Config) {
		off, _, err := config.Load(config.Source{Modules: modules})
		require.NoError(t, err)
		c.Modules = off.Modules
	}, expiring(5))
	ada := h.signIn("ada")
	room := ada.create(object{"name": "Weekly call"})
	r := h.recorded(room, store.ScreenRecording, store.RecordingSaved)
	require.Equal(t, http.StatusOK, ada.get(recordingsPath+r.ID.String()+"/").status)
	ada.send(http.MethodPost, "/api/v1.0/rooms/weekly-call/start-recording/", object{"mode": "screen_recording"}).is(http.StatusNotFound, notFound)
	shown := h.anonymous().get("/api/v1.0/config/").json()["recording"]
	require.Equal(t, object{
		"is_enabled": false, "available_modes": []any{"screen_recording", "transcript"}, "expiration_days": float64(5), "max_duration": nil,
	}, shown)
}

func TestRecording_settings_of_the_replaced_server_hold(t *testing.T) {
	h := open(t, engines["sqlite"], func(t *testing.T, c *config.Config) {
		legacy, _, err := config.Load(config.Source{Modules: modules, Environ: []string{
			"RECORDING_ENABLE=True", "RECORDING_MAX_DURATION=5400000", "RECORDING_EXPIRATION_DAYS=7", "RECORDING_OUTPUT_FOLDER=videos",
			"RECORDING_WORKER_CLASSES={'transcript': 'core.recording.worker.services.AudioCompositeEgressService'}",
			"RECORDING_STORAGE_EVENT_ENABLE=true", "RECORDING_STORAGE_EVENT_TOKEN=s3cret", "AWS_STORAGE_BUCKET_NAME=files",
			"RECORDING_EVENT_PARSER_CLASS=core.recording.event.parsers.S3Parser", "SCREEN_RECORDING_BASE_URL=https://meet.example.org/r",
		}})
		require.NoError(t, err)
		c.Modules, c.Recordings, c.Storage = legacy.Modules, legacy.Recordings, legacy.Storage
	})
	require.Equal(t, object{
		"is_enabled": true, "available_modes": []any{"transcript"}, "expiration_days": float64(7), "max_duration": float64(5400000),
	}, h.anonymous().get("/api/v1.0/config/").json()["recording"])
	require.Equal(t, "https://meet.example.org/r", h.cfg.Recordings.DownloadBaseURL)
	ada := h.signIn("ada")
	r := h.recorded(ada.create(object{"name": "Weekly call"}), store.Transcript, store.RecordingActive)
	require.Equal(t, "videos/"+r.ID.String()+".ogg", ada.get(recordingsPath + r.ID.String() + "/").json()["key"])

	notice, err := json.Marshal(object{"Records": []object{{"s3": object{
		"bucket": object{"name": "files"}, "object": object{"key": "videos/" + r.ID.String() + ".ogg"}}}}})
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodPost, h.url+recordingsPath+"storage-hook/", bytes.NewReader(notice))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer s3cret")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	now, err := h.st.RecordingByID(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, store.RecordingSaved, now.Status)
}

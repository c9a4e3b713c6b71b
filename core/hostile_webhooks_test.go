package core_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/core/topics"
	"foyer/internal/dev/livekitdev"
)

// with returns a copy of an object with a value at a path such as "room.sid".
func with(o object, path string, value any) object {
	head, rest, deeper := strings.Cut(path, ".")
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	if !deeper {
		out[head] = value
		return out
	}
	inner, _ := out[head].(object)
	out[head] = with(inner, rest, value)
	return out
}

// hostileTexts are what LiveKit may report about others' tokens and workers.
func hostileTexts() map[string]string {
	return map[string]string{"NUL": "\x00", "NUL inside": "a\x00b", "long": strings.Repeat("x", 300), "very long": strings.Repeat("é", 50_000)}
}

// deliveries returns the jobs that hand events to listeners, newest first.
func (h *house) deliveries(states ...jobs.State) []jobs.Job {
	h.Helper()
	queue, err := jobs.New(h.st, h.cfg.Jobs, topics.New(nil), slog.New(slog.DiscardHandler))
	require.NoError(h, err)
	list, err := queue.List(h.Context(), jobs.Filter{Kind: "event", States: states, Limit: 1000})
	require.NoError(h, err)
	return list
}

// Whatever a webhook contains, nothing that follows from it is retried for hours: each
// delivery is done at its first attempt.
func TestHostile_webhooks_leave_no_job_to_be_tried_again(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{})
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine, media(server))
		ada := h.signIn("ada")
		room := ada.create(object{"name": "Weekly", "access_level": "restricted"})
		r := h.recorded(room, store.ScreenRecording, store.RecordingActive)
		_, _, err := h.st.MoveRecording(t.Context(), r.ID, store.RecordingMove{WorkerID: "EG_known"})
		require.NoError(t, err)
		name, posted := room["id"].(string), 0
		post := func(body object) {
			posted++
			a := h.hookedBy(with(body, "id", fmt.Sprintf("EV_%d", posted)))
			require.Equal(t, http.StatusOK, a.status, a.body)
		}
		base := object{
			"room":        object{"name": name, "sid": "RM_1"},
			"participant": object{"identity": "mary", "sid": "PA_1", "attributes": object{"is_authenticated": "true"}},
			"egressInfo":  object{"egressId": "EG_1", "roomName": name, "status": "EGRESS_ACTIVE"},
		}
		for _, event := range []string{
			"room_started", "room_finished", "participant_joined", "participant_left", "participant_connection_aborted",
			"track_published", "track_unpublished", "egress_started", "egress_updated", "egress_ended", "ingress_started",
		} {
			for _, field := range []string{
				"room.sid", "room.metadata", "participant.identity", "participant.sid", "participant.name", "participant.metadata",
				"participant.attributes.is_authenticated", "track.sid", "track.name", "egressInfo.egressId", "egressInfo.roomId",
				"egressInfo.error", "egressInfo.file.filename",
			} {
				for _, text := range hostileTexts() {
					post(with(with(base, "event", event), field, text))
				}
			}
			for _, number := range []string{"9223372036854775807", "-9223372036854775808", "0"} {
				post(with(with(with(base, "event", event), "createdAt", number), "participant.joinedAt", number))
			}
		}
		a := h.hookedText(`{"event":"participant_left","id":"EV_x","participant":{"identity":"` + "\xff" + `"}}`)
		require.Equal(t, []any{http.StatusBadRequest, `{"status":"error"}`}, []any{a.status, a.body})

		failed := base["egressInfo"].(object)
		failed["egressId"], failed["status"], failed["error"] = "EG_known", "EGRESS_FAILED", "no\x00space"+strings.Repeat("!", 100_000)
		post(object{"event": "egress_ended", "egressInfo": failed})

		require.Eventually(t, func() bool {
			for _, j := range h.deliveries(jobs.Waiting) {
				require.Empty(t, j.Failures, "%s %s", j.Topic, j.About)
			}
			return len(h.deliveries(jobs.Waiting, jobs.Running)) == 0
		}, waitLong, 20*waitShort)
		require.Empty(t, h.deliveries(jobs.GivenUp))
		require.NotEmpty(t, h.deliveries(jobs.Done))
		r, err = h.st.RecordingByID(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, store.RecordingAborted, r.Status, "what is told of a failure keeps nobody from noting it")
		require.True(t, strings.HasPrefix(r.Reason, "nospace!!!"))
		require.Less(t, len(r.Reason), 5000)
	})
}

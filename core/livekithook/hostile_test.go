package livekithook_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
)

// with returns a copy of an object with a value at a path such as "room.sid".
func with(o coretest.Object, path string, value any) coretest.Object {
	head, rest, deeper := strings.Cut(path, ".")
	out := coretest.Object{}
	for k, v := range o {
		out[k] = v
	}
	if !deeper {
		out[head] = value
		return out
	}
	inner, _ := out[head].(coretest.Object)
	out[head] = with(inner, rest, value)
	return out
}

// hostileTexts are what LiveKit may report about others' tokens and workers.
func hostileTexts() map[string]string {
	return map[string]string{"NUL": "\x00", "NUL inside": "a\x00b", "long": strings.Repeat("x", 300), "very long": strings.Repeat("é", 50_000)}
}

// Whatever a webhook contains, nothing that follows from it is retried for hours: each
// delivery is done at its first attempt.
func TestHostile_webhooks_leave_no_job_to_be_tried_again(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, coretest.Media(server))
		ada := h.SignIn("ada")
		room := ada.Create(coretest.Object{"name": "Weekly", "access_level": "restricted"})
		r := h.Recorded(room, store.ScreenRecording, store.RecordingActive)
		_, _, err := h.Store.MoveRecording(t.Context(), r.ID, store.RecordingMove{WorkerID: "EG_known"})
		require.NoError(t, err)
		name, posted := room["id"].(string), 0
		post := func(body coretest.Object) {
			posted++
			a := h.HookedBy(with(body, "id", fmt.Sprintf("EV_%d", posted)))
			require.Equal(t, http.StatusOK, a.Status, a.Body)
		}
		base := coretest.Object{
			"room":        coretest.Object{"name": name, "sid": "RM_1"},
			"participant": coretest.Object{"identity": "mary", "sid": "PA_1", "attributes": coretest.Object{"is_authenticated": "true"}},
			"egressInfo":  coretest.Object{"egressId": "EG_1", "roomName": name, "status": "EGRESS_ACTIVE"},
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
		a := h.HookedText(`{"event":"participant_left","id":"EV_x","participant":{"identity":"` + "\xff" + `"}}`)
		require.Equal(t, []any{http.StatusBadRequest, `{"status":"error"}`}, []any{a.Status, a.Body})

		failed := base["egressInfo"].(coretest.Object)
		failed["egressId"], failed["status"], failed["error"] = "EG_known", "EGRESS_FAILED", "no\x00space"+strings.Repeat("!", 100_000)
		post(coretest.Object{"event": "egress_ended", "egressInfo": failed})

		require.Eventually(t, func() bool {
			for _, j := range h.Deliveries(jobs.Waiting) {
				require.Empty(t, j.Failures, "%s %s", j.Topic, j.About)
			}
			return len(h.Deliveries(jobs.Waiting, jobs.Running)) == 0
		}, coretest.WaitLong, 20*coretest.WaitShort)
		require.Empty(t, h.Deliveries(jobs.GivenUp))
		require.NotEmpty(t, h.Deliveries(jobs.Done))
		r, err = h.Store.RecordingByID(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, store.RecordingAborted, r.Status, "what is told of a failure keeps nobody from noting it")
		require.True(t, strings.HasPrefix(r.Reason, "nospace!!!"))
		require.Less(t, len(r.Reason), 5000)
	})
}
